//! The accounts of an upsert: how they are found, created and checked for conflicts.

use contacts_tests::{TestTenant, expect_str, item_with, link_id, merged, minimal_item};
use serde_json::{Value, json};

/// Upserts one item with these account params of the list, and returns its result.
async fn upsert_on_account(tenant: &TestTenant, account: &Value) -> Value {
    tenant.upsert(&merged(json!({"list_items": [minimal_item()]}), account)).await.results()[0].clone()
}

#[tokio::test]
async fn account_is_found_by_its_id_its_code_and_its_name() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_id": "3"}),
        json!({"account_code": "ACME"}),
        json!({"account_name": "Acme Ltd"}),
        json!({"account_id": 3, "account_code": "ACME", "account_name": "Acme Ltd"}),
    ] {
        assert_eq!(upsert_on_account(&tenant, &account).await["account_id"], 3, "{account}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 1);
}

#[tokio::test]
async fn new_code_creates_the_account() {
    let tenant = TestTenant::new().await;
    let first = upsert_on_account(&tenant, &json!({"account_code": "ACME"})).await;
    let again = upsert_on_account(&tenant, &json!({"account_code": "ACME"})).await;
    assert_eq!(first["account_id"], again["account_id"]);
    let accounts = tenant.table.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["account_code"], "ACME");
    assert_eq!(accounts[0]["account_name"], Value::Null);
}

#[tokio::test]
async fn new_name_creates_the_account() {
    let tenant = TestTenant::new().await;
    let first = upsert_on_account(&tenant, &json!({"account_name": "ТОВ «Ромашка» 🌼"})).await;
    let again = upsert_on_account(&tenant, &json!({"account_name": "ТОВ «Ромашка» 🌼"})).await;
    assert_eq!(first["account_id"], again["account_id"]);
    let accounts = tenant.table.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["account_name"], "ТОВ «Ромашка» 🌼");
}

#[tokio::test]
async fn new_code_and_name_create_one_account_with_both() {
    let tenant = TestTenant::new().await;
    let both = upsert_on_account(&tenant, &json!({"account_code": "ACME", "account_name": "Acme Ltd"})).await;
    for alone in [json!({"account_code": "ACME"}), json!({"account_name": "Acme Ltd"})] {
        let result = upsert_on_account(&tenant, &alone).await;
        assert_eq!(result["account_id"], both["account_id"], "{alone}");
        assert_eq!(result["extended_info"], "updated", "{alone}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 1);
}

#[tokio::test]
async fn equal_code_and_name_mean_different_accounts() {
    let tenant = TestTenant::new().await;
    let by_code = upsert_on_account(&tenant, &json!({"account_code": "ACME"})).await;
    let by_name = upsert_on_account(&tenant, &json!({"account_name": "ACME"})).await;
    assert_ne!(by_code["account_id"], by_name["account_id"]);
}

#[tokio::test]
async fn name_sent_with_a_known_code_is_added_to_the_account() {
    let tenant = TestTenant::new().await;
    let first = upsert_on_account(&tenant, &json!({"account_code": "ACME"})).await;
    let named =
        upsert_on_account(&tenant, &json!({"account_code": "ACME", "account_name": "Acme Ltd"})).await;
    let by_name = upsert_on_account(&tenant, &json!({"account_name": "Acme Ltd"})).await;
    assert_eq!(named["account_id"], first["account_id"]);
    assert_eq!(by_name["account_id"], first["account_id"]);
}

#[tokio::test]
async fn unknown_account_id_creates_nothing() {
    let tenant = TestTenant::new().await;
    for account in [json!({"account_id": 3}), json!({"account_id": "3", "account_code": "ACME"})] {
        let result = upsert_on_account(&tenant, &account).await;
        assert_eq!(result["success"], false);
        assert_eq!(result["extended_info"], "entity_not_found");
        assert!(expect_str(&result["error"]).contains("`account_id`"), "{result}");
    }
    assert_eq!(tenant.table.accounts().await, Vec::<Value>::new());
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn conflicting_account_params_are_invalid_data() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    tenant.register_account(4, Some("OTHER"), Some("Other Ltd")).await;
    for account in [
        json!({"account_id": 3, "account_code": "OTHER"}),
        json!({"account_id": 3, "account_name": "Other Ltd"}),
        json!({"account_code": "ACME", "account_name": "Other Ltd"}),
        json!({"account_id": 3, "account_code": "ACME", "account_name": "Other Ltd"}),
        json!({"account_id": 3, "account_code": "NEW"}),
        json!({"account_code": "ACME", "account_name": "New Ltd"}),
    ] {
        let for_the_list = upsert_on_account(&tenant, &account).await;
        assert_eq!(for_the_list["extended_info"], "invalid_entity_data", "{account}");
        let for_the_item = tenant.upsert_one(&item_with(&account)).await;
        assert_eq!(for_the_item["extended_info"], "invalid_entity_data", "{account}");
        assert!(expect_str(&for_the_item["error"]).contains("`account_"), "{for_the_item}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 2);
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn account_of_an_item_overrides_that_of_the_list() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), None).await;
    tenant.register_account(4, Some("OTHER"), Some("Other Ltd")).await;
    let results = tenant
        .upsert_items(&[
            minimal_item(),
            item_with(&json!({"account_id": 4})),
            item_with(&json!({"account_code": "OTHER", "contact_name": "Bob"})),
            item_with(&json!({"account_name": "Other Ltd", "contact_name": "Cid"})),
        ])
        .await;
    let accounts: Vec<_> = results.iter().map(|result| result["account_id"].as_u64().unwrap()).collect();
    assert_eq!(accounts, [3, 4, 4, 4]);
}

#[tokio::test]
async fn new_contact_requires_an_account() {
    let tenant = TestTenant::new().await;
    let list_items = [
        minimal_item(),
        item_with(&json!({"link_id": link_id(1)})),
        item_with(&json!({"link_id": link_id(2), "account_code": "ACME"})),
    ];
    let response = tenant.upsert(&json!({"list_items": list_items})).await;
    let outcomes: Vec<_> = response.results().iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(outcomes, ["invalid_entity_data", "invalid_entity_data", "created"]);
    assert!(expect_str(&response.results()[0]["error"]).contains("`account_id`"));
}

#[tokio::test]
async fn update_by_either_id_requires_no_account() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    for name in ["contact_id", "link_id"] {
        let item = json!({name: created[name], "contact_desc": name});
        let response = tenant.upsert(&json!({"list_items": [item]})).await;
        assert_eq!(response.results()[0]["extended_info"], "updated");
        assert_eq!(response.results()[0]["account_id"], created["account_id"]);
        assert_eq!(tenant.table.contact_of(&created).await["contact_desc"], name);
    }
}

#[tokio::test]
async fn update_with_an_account_moves_the_contact() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let by_link_id = json!({"link_id": link_id(1), "account_code": "OTHER"});
    let moved = tenant.upsert_one(&by_link_id).await;
    assert_eq!(moved["extended_info"], "updated");
    assert_ne!(moved["account_id"], created["account_id"]);
    assert_eq!(tenant.table.contact_of(&created).await["account_id"], moved["account_id"]);
    // The list's account moves it back.
    let by_contact_id = json!({"contact_id": created["contact_id"]});
    let back = tenant.upsert_one(&by_contact_id).await;
    assert_eq!(back["account_id"], created["account_id"]);
    assert_eq!(tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn move_to_an_unknown_account_id_changes_nothing() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    let item = json!({"link_id": link_id(1), "account_id": 3, "contact_name": "Bob"});
    assert_eq!(tenant.upsert_one(&item).await["extended_info"], "entity_not_found");
    assert_eq!(tenant.table.contact_of(&created).await, before);
}

#[tokio::test]
async fn one_list_creates_many_accounts() {
    let tenant = TestTenant::new().await;
    let item = |number: u32| {
        let code = format!("CODE {}", number % 40);
        item_with(&json!({"link_id": link_id(number), "account_code": code}))
    };
    let results = tenant.upsert_items(&(1..=120).map(item).collect::<Vec<_>>()).await;
    assert!(results.iter().all(|result| result["extended_info"] == "created"));
    for (result, same) in results.iter().zip(&results[40..]) {
        assert_eq!(result["account_id"], same["account_id"]);
    }
    assert_eq!(tenant.table.accounts().await.len(), 40);
}

#[tokio::test]
async fn item_with_code_and_name_joins_items_with_one_of_them() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            item_with(&json!({"account_code": "A", "contact_name": "Ann"})),
            item_with(&json!({"account_name": "B", "contact_name": "Bob"})),
            item_with(&json!({"account_code": "A", "account_name": "B", "contact_name": "Cid"})),
        ])
        .await;
    for result in &results {
        assert_eq!(result["extended_info"], "created");
        assert_eq!(result["account_id"], results[0]["account_id"]);
    }
}
