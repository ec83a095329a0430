//! Requests that are sent again with their idempotency key.

use contacts_core::domain::Right;
use contacts_tests::{
    ApiResponse, DELETE, Emulator, TestTenant, UPSERT, item_with, link_id, minimal_item, numbered_items,
};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends a body with a key and this token.
async fn send_as(
    tenant: &TestTenant,
    token: &str,
    route: (Method, &str),
    key: &str,
    body: &Value,
) -> ApiResponse {
    let bearer = format!("Bearer {token}");
    let headers =
        [("authorization", &*bearer), ("content-type", "application/json"), ("idempotency-key", key)];
    tenant.send_with_headers(route, &headers, body.to_string()).await
}

async fn send(tenant: &TestTenant, route: (Method, &str), key: &str, body: &Value) -> ApiResponse {
    send_as(tenant, tenant.token(), route, key, body).await
}

fn upsert_of(items: &Value) -> Value {
    json!({"account_code": "ACME", "list_items": items})
}

async fn delete_of(tenant: &TestTenant, count: u32) -> Value {
    let items = numbered_items(1..=count);
    let contacts: Vec<_> = tenant
        .upsert_items(&items)
        .await
        .iter()
        .map(|result| json!({"contact_id": result["contact_id"]}))
        .collect();
    json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": contacts})
}

#[tokio::test]
async fn repeated_upsert_is_created_again_and_undoes_nothing() {
    let tenant = TestTenant::new().await;
    let body = upsert_of(&json!([item_with(&json!({"link_id": link_id(1)})), minimal_item()]));
    let first = send(&tenant, UPSERT, "k", &body).await;
    tenant.upsert_one(&json!({"link_id": link_id(1), "contact_name": "Changed since"})).await;
    // In quotes, it is the same key.
    let again = send(&tenant, UPSERT, "\"k\"", &body).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert!(again.results().iter().all(|result| result["extended_info"] == "created"));
    assert_eq!(tenant.table.contact_of(&again.results()[0]).await["contact_name"], "Changed since");
    assert_eq!(tenant.upsert(&body).await.results()[0]["extended_info"], "updated", "without the key");
}

#[tokio::test]
async fn repeated_delete_is_answered_as_the_first_time() {
    let tenant = TestTenant::new().await;
    for count in [3, 150] {
        let body = delete_of(&tenant, count).await;
        let key = format!("delete {count}").replace(' ', "-");
        let first = send(&tenant, DELETE, &key, &body).await;
        assert_eq!((first.status, first.deleted().len()), (200, usize::try_from(count).unwrap()));
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        let again = send(&tenant, DELETE, &key, &body).await;
        assert_eq!((again.status, again.body), (200, first.body));
        assert_eq!(tenant.delete(&body).await.result_code(), 4, "without the key");
    }
}

#[tokio::test]
async fn key_with_another_body_is_a_422_for_its_operation_alone() {
    let tenant = TestTenant::new().await;
    let upsert = upsert_of(&json!([minimal_item()]));
    send(&tenant, UPSERT, "k", &upsert).await;
    let other = upsert_of(&json!([item_with(&json!({"contact_name": "Bob"}))]));
    let refused = send(&tenant, UPSERT, "k", &other).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body.as_object().unwrap().keys().collect::<Vec<_>>(), ["error"]);
    assert_eq!(tenant.table.contacts().await.len(), 1, "nothing happened");
    let delete = delete_of(&tenant, 2).await;
    assert_eq!(send(&tenant, DELETE, "k", &delete).await.status, 200, "another operation");
    let mut other = delete.clone();
    other["contacts"] = json!([{"contact_id": 1}]);
    assert_eq!(send(&tenant, DELETE, "k", &other).await.status, 422);
    let another_tenant = TestTenant::new().await;
    assert_eq!(send(&another_tenant, UPSERT, "k", &other_upsert()).await.status, 200);
}

fn other_upsert() -> Value {
    upsert_of(&json!([item_with(&json!({"contact_name": "Cid"}))]))
}

#[tokio::test]
async fn invalid_key_is_a_400_after_the_token_was_checked() {
    let tenant = TestTenant::new().await;
    let body = upsert_of(&json!([minimal_item()]));
    for key in ["", "a b", "\"", "\"a\"b\"", &"x".repeat(256)] {
        for route in [UPSERT, DELETE] {
            let refused = send(&tenant, route, key, &body).await;
            let error = "the header `Idempotency-Key` must be 1 to 255 visible ASCII characters";
            assert_eq!((refused.status, refused.body), (400, json!({"error": error})), "{key:?}");
        }
    }
    assert_eq!(send_as(&tenant, "none", UPSERT, "a b", &body).await.status, 401);
    let reader = tenant.token_with(&[Right::Delete]).await;
    assert_eq!(send_as(&tenant, &reader, UPSERT, "a b", &body).await.status, 403);
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn refused_requests_bind_no_key() {
    let tenant = TestTenant::new().await;
    let invalid = json!({"account_code": "ACME", "list_items": 1});
    assert_eq!(send(&tenant, UPSERT, "k", &invalid).await.status, 400);
    let body = upsert_of(&json!([minimal_item()]));
    assert_eq!(send(&tenant, UPSERT, "k", &body).await.status, 200);
    let missing = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": [{"contact_id": 1}]});
    assert_eq!(send(&tenant, DELETE, "k", &missing).await.result_code(), 4);
    let delete = delete_of(&tenant, 2).await;
    assert_eq!(send(&tenant, DELETE, "k", &delete).await.status, 200);
}

#[tokio::test]
async fn message_or_event_that_is_delivered_again_is_done() {
    let tenant = TestTenant::new().await;
    let function = Emulator::local_gateway("delete-contacts");
    for count in [2, 150] {
        let body = delete_of(&tenant, count).await.to_string();
        let message = json!({"messageId": format!("{}-{count}", tenant.name()), "eventSource": "aws:sqs", "body": body});
        for _ in 0..3 {
            let answer = function.invoke(&json!({"Records": [message]})).await;
            assert_eq!(answer, json!({"batchItemFailures": []}));
        }
        let detail = delete_of(&tenant, count).await;
        let event = json!({"id": format!("{}-{count}", tenant.name()), "source": "crm",
            "detail-type": "DeleteAccountContacts", "detail": detail});
        for _ in 0..3 {
            assert_eq!(function.invoke(&event).await, Value::Null);
        }
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn concurrent_requests_with_one_key_hear_the_same() {
    let tenant = TestTenant::new().await;
    let delete = delete_of(&tenant, 150).await;
    let (one, other) = tokio::join!(send(&tenant, DELETE, "k", &delete), send(&tenant, DELETE, "k", &delete));
    assert_eq!((one.status, &one.body), (200, &other.body));
    let upsert = upsert_of(&json!(numbered_items(1..=150)));
    let (one, other) = tokio::join!(send(&tenant, UPSERT, "k", &upsert), send(&tenant, UPSERT, "k", &upsert));
    assert_eq!((one.status, &one.body), (200, &other.body));
}

#[tokio::test]
async fn deleted_contacts_come_back_under_the_same_ids() {
    let tenant = TestTenant::new().await;
    let mut created = numbered_items(1..=3);
    created[1]["contact_email"] = json!("a@b");
    tenant.upsert_items(&created).await;
    let before = tenant.table.contacts().await;
    let contacts: Vec<_> = before.iter().map(|contact| json!({"link_id": contact["link_id"]})).collect();
    let deleted = tenant.delete_contacts(&contacts).await;
    let items: Vec<_> = deleted
        .deleted()
        .iter()
        .map(|contact| contacts_tests::without(contact.clone(), "contact_id"))
        .collect();
    let results = tenant.upsert_items(&items).await;
    for (result, contact) in results.iter().zip(deleted.deleted()) {
        assert_eq!(result["extended_info"], "created");
        assert_eq!(
            (&result["contact_id"], &result["link_id"]),
            (&contact["contact_id"], &contact["link_id"])
        );
    }
    assert_eq!(tenant.delete_contacts(&contacts).await.deleted(), deleted.deleted());
}
