//! Nothing of one tenant is ever visible to another, though both use the same codes, names and ids.

use contacts_tests::{TestTenant, ann, ann_with, contacts_named, link_id};
use serde_json::{Value, json};

/// Two tenants, each with a contact on an account of the same code and name, and with the same `link_id`.
async fn twins() -> [(TestTenant, Value); 2] {
    let mut twins = Vec::new();
    for _ in 0..2 {
        let tenant = TestTenant::new().await;
        tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
        let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
        assert_eq!(created["extended_info"], "created");
        twins.push((tenant, created));
    }
    twins.try_into().unwrap_or_else(|_| unreachable!("there are two"))
}

#[tokio::test]
async fn a_link_id_of_two_tenants_is_two_contacts() {
    let [(one, of_one), (other, of_other)] = twins().await;
    let before = other.table.contacts().await;
    let updated = one.upsert_one(&json!({"link_id": link_id(1), "contact_name": "Bob"})).await;
    assert_eq!(updated["extended_info"], "updated");
    assert_eq!(one.table.contact_of(&of_one).await["contact_name"], "Bob");
    assert_eq!(other.table.contacts().await, before);
    assert_ne!(of_one["contact_id"], of_other["contact_id"]);
}

#[tokio::test]
async fn a_name_and_a_number_of_two_tenants_are_two_contacts() {
    let (one, other) = (TestTenant::new().await, TestTenant::new().await);
    let of_one = one.upsert_one(&ann()).await;
    let of_other = other.upsert_one(&ann()).await;
    assert_eq!(of_other["extended_info"], "created");
    assert_ne!(of_one["link_id"], of_other["link_id"]);
}

#[tokio::test]
async fn a_contact_id_of_another_tenant_is_not_found() {
    let [(one, _), (other, of_other)] = twins().await;
    let before = other.table.contacts().await;
    let item = json!({"contact_id": of_other["contact_id"], "contact_name": "Bob"});
    assert_eq!(one.upsert_one(&item).await["extended_info"], "entity_not_found");
    let answer = one.delete_contacts(&contacts_named([&of_other])).await;
    assert_eq!((answer.status, answer.code()), (404, 4));
    assert_eq!(other.table.contacts().await, before);
}

#[tokio::test]
async fn a_contact_of_another_tenant_exists_nowhere() {
    let [(one, of_one), (_, of_other)] = twins().await;
    let answer = one.delete_contacts(&contacts_named([&of_one, &of_other])).await;
    assert_eq!((answer.status, answer.code()), (404, 5));
}

#[tokio::test]
async fn a_delete_leaves_the_other_tenants_contact() {
    let [(one, _), (other, _)] = twins().await;
    let before = other.table.contacts().await;
    let answer = one.delete_contacts(&[json!({"link_id": link_id(1)})]).await;
    assert_eq!(answer.code(), 0);
    assert_eq!(one.table.contacts().await, Vec::<Value>::new());
    assert_eq!(other.table.contacts().await, before);
}

#[tokio::test]
async fn an_account_of_another_tenant_is_unknown() {
    let (one, other) = (TestTenant::new().await, TestTenant::new().await);
    other.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    let result = one.upsert_one(&ann_with(&json!({"account_id": 3}))).await;
    assert_eq!(result["extended_info"], "entity_not_found");
    let body = json!({"tenant": one.name(), "account_id": 3, "contacts": [{"contact_id": 6}]});
    assert_eq!(one.delete(&body).await.code(), 1);
    let created = one.upsert_one(&ann_with(&json!({"account_code": "ACME"}))).await;
    assert_ne!(created["account_id"], 3);
    let renamed = one.upsert_one(&ann_with(&json!({"account_name": "Acme Ltd"}))).await;
    assert_ne!(renamed["account_id"], 3);
}
