//! Isolation of tenants that use the same codes, names and ids.

use contacts_tests::{TestTenant, contact_ids_of, item_with, link_id, minimal_item};
use serde_json::{Value, json};

/// Creates two tenants, each with an account of the same id, code and name, and a contact with the same `link_id`.
async fn two_tenants() -> [(TestTenant, Value); 2] {
    let mut tenants = Vec::new();
    for _ in 0..2 {
        let tenant = TestTenant::new().await;
        tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
        let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
        assert_eq!(created["extended_info"], "created");
        tenants.push((tenant, created));
    }
    tenants.try_into().unwrap_or_else(|_| unreachable!("the loop runs twice"))
}

#[tokio::test]
async fn same_link_id_of_two_tenants_means_two_contacts() {
    let [(one, of_one), (other, of_other)] = two_tenants().await;
    let before = other.table.contacts().await;
    let updated = one.upsert_one(&json!({"link_id": link_id(1), "contact_name": "Bob"})).await;
    assert_eq!(updated["extended_info"], "updated");
    assert_eq!(one.table.contact_of(&of_one).await["contact_name"], "Bob");
    assert_eq!(other.table.contacts().await, before);
    assert_ne!(of_one["contact_id"], of_other["contact_id"]);
}

#[tokio::test]
async fn same_name_and_number_of_two_tenants_mean_two_contacts() {
    let (one, other) = (TestTenant::new().await, TestTenant::new().await);
    let of_one = one.upsert_one(&minimal_item()).await;
    let of_other = other.upsert_one(&minimal_item()).await;
    assert_eq!(of_other["extended_info"], "created");
    assert_ne!(of_one["link_id"], of_other["link_id"]);
}

#[tokio::test]
async fn contact_id_of_another_tenant_is_not_found() {
    let [(one, _), (other, of_other)] = two_tenants().await;
    let before = other.table.contacts().await;
    let item = json!({"contact_id": of_other["contact_id"], "contact_name": "Bob"});
    assert_eq!(one.upsert_one(&item).await["extended_info"], "entity_not_found");
    let response = one.delete_contacts(&contact_ids_of([&of_other])).await;
    assert_eq!((response.status, response.result_code()), (404, 4));
    assert_eq!(other.table.contacts().await, before);
}

#[tokio::test]
async fn contact_of_another_tenant_does_not_exist_for_a_delete() {
    let [(one, of_one), (_, of_other)] = two_tenants().await;
    let response = one.delete_contacts(&contact_ids_of([&of_one, &of_other])).await;
    assert_eq!((response.status, response.result_code()), (404, 5));
}

#[tokio::test]
async fn delete_keeps_the_contact_of_another_tenant() {
    let [(one, _), (other, _)] = two_tenants().await;
    let before = other.table.contacts().await;
    let response = one.delete_contacts(&[json!({"link_id": link_id(1)})]).await;
    assert_eq!(response.result_code(), 0);
    assert_eq!(one.table.contacts().await, Vec::<Value>::new());
    assert_eq!(other.table.contacts().await, before);
}

#[tokio::test]
async fn account_of_another_tenant_is_unknown() {
    let (one, other) = (TestTenant::new().await, TestTenant::new().await);
    other.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    let result = one.upsert_one(&item_with(&json!({"account_id": 3}))).await;
    assert_eq!(result["extended_info"], "entity_not_found");
    let body = json!({"tenant": one.name(), "account_id": 3, "contacts": [{"contact_id": 6}]});
    assert_eq!(one.delete(&body).await.result_code(), 1);
    let created = one.upsert_one(&item_with(&json!({"account_code": "ACME"}))).await;
    assert_ne!(created["account_id"], 3);
    let renamed = one.upsert_one(&item_with(&json!({"account_name": "Acme Ltd"}))).await;
    assert_ne!(renamed["account_id"], 3);
}
