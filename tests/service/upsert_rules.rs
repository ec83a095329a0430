//! The results and the writes of an upsert, item by item.

use contacts_tests::{TestTenant, expect_str, item_with, link_id, minimal_item, numbered_items};
use serde_json::{Value, json};

#[tokio::test]
async fn tenant_may_be_omitted_or_equal_that_of_the_token() {
    let tenant = TestTenant::new().await;
    let without = tenant.upsert(&json!({"account_code": "ACME", "list_items": [minimal_item()]})).await;
    assert_eq!(without.results()[0]["extended_info"], "created");
    let with = json!({"tenant": tenant.name(), "account_code": "ACME", "list_items": [minimal_item()]});
    assert_eq!(tenant.upsert(&with).await.results()[0]["extended_info"], "updated");
}

#[tokio::test]
async fn results_are_in_list_order_for_all_outcomes() {
    let tenant = TestTenant::new().await;
    let mut items = numbered_items(1..=300);
    for at in (0..300).step_by(7) {
        items[at]["contact_email"] = json!("none");
    }
    for at in (1..300).step_by(11) {
        items[at]["account_id"] = json!(3);
    }
    let results = tenant.upsert_items(&items).await;
    for (at, (item, result)) in items.iter().zip(&results).enumerate() {
        assert_eq!(item["link_id"], result["link_id"]);
        let outcome = match at {
            _ if at % 7 == 0 => "invalid_entity_data",
            _ if at % 11 == 1 => "entity_not_found",
            _ => "created",
        };
        assert_eq!(result["extended_info"], outcome, "{at}");
    }
}

#[tokio::test]
async fn invalid_item_fails_alone() {
    let tenant = TestTenant::new().await;
    let items = [
        json!("Ann"),
        Value::Null,
        json!([]),
        json!({}),
        item_with(&json!({"link_id": link_id(1)})),
        item_with(&json!({"link_id": link_id(2), "contact_type": "boss"})),
        item_with(&json!({"link_id": link_id(3), "contact_nmae": "Ann"})),
    ];
    let results = tenant.upsert_items(&items).await;
    let outcomes: Vec<_> = results.iter().map(|result| expect_str(&result["extended_info"])).collect();
    let invalid = "invalid_entity_data";
    assert_eq!(outcomes, [invalid, invalid, invalid, invalid, "created", invalid, invalid]);
    let ids: Vec<_> = results.iter().map(|result| result["link_id"].clone()).collect();
    let none = Value::Null;
    let expected = [
        none.clone(),
        none.clone(),
        none.clone(),
        none,
        json!(link_id(1)),
        json!(link_id(2)),
        json!(link_id(3)),
    ];
    assert_eq!(ids, expected);
    let stored = tenant.table.contacts().await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0]["link_id"], link_id(1));
}

#[tokio::test]
async fn item_error_names_the_field_and_its_allowed_values() {
    let tenant = TestTenant::new().await;
    let cases = [
        (json!({"contact_name": ""}), "`contact_name` must be 1 to 256 characters after trimming"),
        (json!({"contact_mobile_num": true}), "`contact_mobile_num` must be a string or a whole number"),
        (json!({"contact_type": "boss"}), "`contact_type` must be one of main_contact, tech_spec, manager"),
        (json!({"contact_email": "none"}), "`contact_email` must have text on both sides of one `@`"),
        (json!({"contact_desc": 5}), "`contact_desc` must be a string or null"),
        (json!({"contact_id": "six"}), "`contact_id` must be an integer or a string of its digits"),
        (json!({"contact_id": 6}), "`contact_id` must be the id of a contact that exists"),
        (json!({"account_id": 6}), "`account_id` must be the id of an account that exists"),
    ];
    let items: Vec<_> = cases.iter().map(|(fields, _)| item_with(fields)).collect();
    for (result, (_, error)) in tenant.upsert_items(&items).await.iter().zip(cases) {
        assert_eq!(result["error"], error);
    }
}

#[tokio::test]
async fn every_sent_field_is_stored() {
    let tenant = TestTenant::new().await;
    let item = json!({
        "link_id": link_id(1),
        "contact_name": "Ann",
        "contact_mobile_num": "067_1",
        "contact_type": "tech_spec",
        "contact_email": "ann@acme",
        "contact_desc": "desc",
    });
    let result = tenant.upsert_one(&item).await;
    let stored = tenant.table.contact_of(&result).await;
    for (field, value) in item.as_object().unwrap() {
        assert_eq!(stored[field], *value, "{field}");
    }
    assert_eq!(stored["account_id"], result["account_id"]);
}

#[tokio::test]
async fn unchanged_item_is_reported_updated_without_a_write() {
    let tenant = TestTenant::new().await;
    let whole =
        item_with(&json!({"link_id": link_id(1), "contact_email": "ann@acme", "contact_type": "manager"}));
    let created = tenant.upsert_one(&whole).await;
    let before = tenant.table.revisions().await;
    for unchanged in [
        whole,
        json!({"link_id": link_id(1)}),
        json!({"contact_id": created["contact_id"], "contact_name": " Ann "}),
        json!({"link_id": link_id(1), "contact_desc": null}),
    ] {
        assert_eq!(tenant.upsert_one(&unchanged).await["extended_info"], "updated", "{unchanged}");
    }
    assert_eq!(tenant.table.revisions().await, before);
}

#[tokio::test]
async fn changes_that_cancel_out_within_a_list_write_nothing() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.revisions().await;
    let named = |name| json!({"link_id": link_id(1), "contact_name": name});
    for result in tenant.upsert_items(&[named("Bob"), named("Ann")]).await {
        assert_eq!(result["extended_info"], "updated");
    }
    assert_eq!(tenant.table.revisions().await, before);
}

#[tokio::test]
async fn changed_item_is_written() {
    let tenant = TestTenant::new().await;
    tenant.upsert_items(&numbered_items(1..=3)).await;
    let before = tenant.table.revisions().await;
    tenant.upsert_one(&json!({"link_id": link_id(2), "contact_name": "Bob"})).await;
    let after = tenant.table.revisions().await;
    let changed: Vec<_> = after.iter().filter(|(id, revision)| before[*id] != **revision).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(*changed[0].0, link_id(2));
}

#[tokio::test]
async fn deleted_contact_is_created_again() {
    let tenant = TestTenant::new().await;
    for _ in 0..2 {
        let result = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
        assert_eq!(result["extended_info"], "created");
        let deleted = tenant.delete_contacts(&[json!({"link_id": link_id(1)})]).await;
        assert_eq!(deleted.result_code(), 0);
    }
}
