//! Requests that only ask what they would do.

use contacts_tests::{Emulator, TestTenant, UPSERT, item_with, link_id, minimal_item};
use serde_json::{Value, json};

/// The body with `validate_only`.
fn validated(body: &Value) -> Value {
    let mut body = body.clone();
    body["validate_only"] = json!(true);
    body
}

#[tokio::test]
async fn validation_of_an_upsert_answers_as_the_upsert_and_stores_nothing() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contacts().await;
    let items = json!([
        item_with(&json!({"link_id": link_id(1)})),
        item_with(&json!({"link_id": link_id(1), "contact_name": "Bob"})),
        item_with(&json!({"link_id": link_id(2), "account_code": "NEW"})),
        minimal_item(),
        {"link_id": link_id(3)},
        {"contact_id": 1},
        {"account_id": 5, "contact_name": "Ann", "contact_mobile_num": 1},
    ]);
    let body = json!({"account_code": "ACME", "list_items": items});
    let asked = tenant.upsert(&validated(&body)).await;
    assert_eq!(asked.status, 200);
    assert_eq!(tenant.table.contacts().await, before);
    assert_eq!(tenant.upsert(&validated(&body)).await.body, asked.body, "not even an account was made");
    assert_eq!(tenant.upsert(&body).await.body, asked.body);
}

#[tokio::test]
async fn validation_of_a_delete_answers_as_the_delete_and_deletes_nothing() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    let contacts = json!([{"contact_id": created["contact_id"]}]);
    let body = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": contacts});
    let asked = tenant.delete(&validated(&body)).await;
    assert_eq!((asked.status, asked.result_code()), (200, 0));
    let listed = |answer: &Value| answer["DeleteAccountContacts"]["response"]["deleted_contacts"].clone();
    assert_eq!(listed(&asked.body)[0]["contact_id"], created["contact_id"]);
    let deleted = tenant.delete(&body).await;
    assert_eq!((deleted.result_code(), listed(&deleted.body)), (0, listed(&asked.body)));
    assert_eq!(tenant.delete(&validated(&body)).await.result_code(), 4);
}

#[tokio::test]
async fn validate_only_must_be_true_or_false() {
    let tenant = TestTenant::new().await;
    let upsert = json!({"account_code": "ACME", "list_items": [minimal_item()], "validate_only": "true"});
    let refused = tenant.send(UPSERT, upsert.to_string()).await;
    let expected = json!({"error": "Wrong JSON body: value `validate_only` was of the wrong type"});
    assert_eq!((refused.status, refused.body), (400, expected));
    let delete = json!({"tenant": tenant.name(), "account_id": 3, "contacts": [{"contact_id": 1}], "validate_only": 1});
    let refused = tenant.delete(&delete).await;
    assert_eq!((refused.result_code(), refused.invalid_params()), (1, vec!["validate_only"]));
    let applied = json!({"account_code": "ACME", "list_items": [minimal_item()], "validate_only": false});
    assert_eq!(tenant.upsert(&applied).await.results()[0]["extended_info"], "created");
    assert_eq!(tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn validate_only_is_invalid_where_nobody_reads_the_answer() {
    let tenant = TestTenant::new().await;
    let upsert = json!({"tenant": tenant.name(), "account_code": "ACME", "list_items": [minimal_item()]});
    let delete = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": [{"contact_id": 1}]});
    for (function, detail_type, body) in [
        ("upsert-contacts", "UpsertContacts", validated(&upsert)),
        ("delete-contacts", "DeleteAccountContacts", validated(&delete)),
    ] {
        let function = Emulator::local_gateway(function);
        let message = json!({"messageId": "m", "eventSource": "aws:sqs", "body": body.to_string()});
        let answer = function.invoke(&json!({"Records": [message]})).await;
        assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "m"}]}));
        let event = json!({"id": "e", "source": "crm", "detail-type": detail_type, "detail": body});
        assert!(function.invoke(&event).await["errorType"].is_string());
        let direct = function.invoke(&body).await;
        let answers = direct["result"][0]["success"] == true || direct["errorType"] == "validation failed";
        assert!(answers, "{direct}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}
