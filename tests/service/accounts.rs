//! Whose contacts an upsert is about: how accounts are found, created and agree.

use contacts_tests::{TestTenant, ann, ann_with, link_id, text, with};
use serde_json::{Value, json};

/// Upserts Ann on the account that these params name at the top, and returns her result.
async fn ann_on(tenant: &TestTenant, account: &Value) -> Value {
    tenant.upsert(&with(json!({"list_items": [ann()]}), account)).await.results()[0].clone()
}

#[tokio::test]
async fn an_account_is_found_by_its_id_its_code_and_its_name() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_id": "3"}),
        json!({"account_code": "ACME"}),
        json!({"account_name": "Acme Ltd"}),
        json!({"account_id": 3, "account_code": "ACME", "account_name": "Acme Ltd"}),
    ] {
        assert_eq!(ann_on(&tenant, &account).await["account_id"], 3, "{account}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 1);
}

#[tokio::test]
async fn a_code_that_is_new_creates_the_account() {
    let tenant = TestTenant::new().await;
    let first = ann_on(&tenant, &json!({"account_code": "ACME"})).await;
    let again = ann_on(&tenant, &json!({"account_code": "ACME"})).await;
    assert_eq!(first["account_id"], again["account_id"]);
    let accounts = tenant.table.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["account_code"], "ACME");
    assert_eq!(accounts[0]["account_name"], Value::Null);
}

#[tokio::test]
async fn a_name_that_is_new_creates_the_account() {
    let tenant = TestTenant::new().await;
    let first = ann_on(&tenant, &json!({"account_name": "ТОВ «Ромашка» 🌼"})).await;
    let again = ann_on(&tenant, &json!({"account_name": "ТОВ «Ромашка» 🌼"})).await;
    assert_eq!(first["account_id"], again["account_id"]);
    let accounts = tenant.table.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["account_name"], "ТОВ «Ромашка» 🌼");
}

#[tokio::test]
async fn a_code_and_a_name_that_are_new_create_one_account_with_both() {
    let tenant = TestTenant::new().await;
    let both = ann_on(&tenant, &json!({"account_code": "ACME", "account_name": "Acme Ltd"})).await;
    for alone in [json!({"account_code": "ACME"}), json!({"account_name": "Acme Ltd"})] {
        let result = ann_on(&tenant, &alone).await;
        assert_eq!(result["account_id"], both["account_id"], "{alone}");
        assert_eq!(result["extended_info"], "updated", "{alone}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 1);
}

#[tokio::test]
async fn the_same_text_as_code_and_as_name_is_two_accounts() {
    let tenant = TestTenant::new().await;
    let by_code = ann_on(&tenant, &json!({"account_code": "ACME"})).await;
    let by_name = ann_on(&tenant, &json!({"account_name": "ACME"})).await;
    assert_ne!(by_code["account_id"], by_name["account_id"]);
}

#[tokio::test]
async fn an_account_that_lacks_a_name_gets_the_one_that_comes_with_its_code() {
    let tenant = TestTenant::new().await;
    let first = ann_on(&tenant, &json!({"account_code": "ACME"})).await;
    let named = ann_on(&tenant, &json!({"account_code": "ACME", "account_name": "Acme Ltd"})).await;
    let by_name = ann_on(&tenant, &json!({"account_name": "Acme Ltd"})).await;
    assert_eq!(named["account_id"], first["account_id"]);
    assert_eq!(by_name["account_id"], first["account_id"]);
}

#[tokio::test]
async fn an_unknown_account_id_creates_nothing() {
    let tenant = TestTenant::new().await;
    for account in [json!({"account_id": 3}), json!({"account_id": "3", "account_code": "ACME"})] {
        let result = ann_on(&tenant, &account).await;
        assert_eq!(result["success"], false);
        assert_eq!(result["extended_info"], "entity_not_found");
        assert!(text(&result["error"]).contains("`account_id`"), "{result}");
    }
    assert_eq!(tenant.table.accounts().await, Vec::<Value>::new());
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn account_params_that_disagree_are_invalid_data() {
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
        let at_the_top = ann_on(&tenant, &account).await;
        assert_eq!(at_the_top["extended_info"], "invalid_entity_data", "{account}");
        let in_the_item = tenant.upsert_one(&ann_with(&account)).await;
        assert_eq!(in_the_item["extended_info"], "invalid_entity_data", "{account}");
        assert!(text(&in_the_item["error"]).contains("`account_"), "{in_the_item}");
    }
    assert_eq!(tenant.table.accounts().await.len(), 2);
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_items_own_account_wins() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), None).await;
    tenant.register_account(4, Some("OTHER"), Some("Other Ltd")).await;
    let results = tenant
        .upsert_items(&[
            ann(),
            ann_with(&json!({"account_id": 4})),
            ann_with(&json!({"account_code": "OTHER", "contact_name": "Bob"})),
            ann_with(&json!({"account_name": "Other Ltd", "contact_name": "Cid"})),
        ])
        .await;
    let accounts: Vec<_> = results.iter().map(|result| result["account_id"].as_u64().unwrap()).collect();
    assert_eq!(accounts, [3, 4, 4, 4]);
}

#[tokio::test]
async fn a_new_contact_needs_an_account_from_somewhere() {
    let tenant = TestTenant::new().await;
    let list_items = [
        ann(),
        ann_with(&json!({"link_id": link_id(1)})),
        ann_with(&json!({"link_id": link_id(2), "account_code": "ACME"})),
    ];
    let answer = tenant.upsert(&json!({"list_items": list_items})).await;
    let words: Vec<_> = answer.results().iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["invalid_entity_data", "invalid_entity_data", "created"]);
    assert!(text(&answer.results()[0]["error"]).contains("`account_id`"));
}

#[tokio::test]
async fn an_update_by_either_id_needs_no_account() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann()).await;
    for name in ["contact_id", "link_id"] {
        let item = json!({name: created[name], "contact_desc": name});
        let answer = tenant.upsert(&json!({"list_items": [item]})).await;
        assert_eq!(answer.results()[0]["extended_info"], "updated");
        assert_eq!(answer.results()[0]["account_id"], created["account_id"]);
        assert_eq!(tenant.table.contact_of(&created).await["contact_desc"], name);
    }
}

#[tokio::test]
async fn an_update_with_an_account_moves_the_contact_there() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let by_link_id = json!({"link_id": link_id(1), "account_code": "OTHER"});
    let moved = tenant.upsert_one(&by_link_id).await;
    assert_eq!(moved["extended_info"], "updated");
    assert_ne!(moved["account_id"], created["account_id"]);
    assert_eq!(tenant.table.contact_of(&created).await["account_id"], moved["account_id"]);
    // Back by the list's account.
    let by_contact_id = json!({"contact_id": created["contact_id"]});
    let back = tenant.upsert_one(&by_contact_id).await;
    assert_eq!(back["account_id"], created["account_id"]);
    assert_eq!(tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn a_move_to_an_unknown_account_id_leaves_the_contact_where_it_is() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    let item = json!({"link_id": link_id(1), "account_id": 3, "contact_name": "Bob"});
    assert_eq!(tenant.upsert_one(&item).await["extended_info"], "entity_not_found");
    assert_eq!(tenant.table.contact_of(&created).await, before);
}

#[tokio::test]
async fn many_new_accounts_come_about_in_one_list() {
    let tenant = TestTenant::new().await;
    let item = |number: u32| {
        let code = format!("CODE {}", number % 40);
        ann_with(&json!({"link_id": link_id(number), "account_code": code}))
    };
    let results = tenant.upsert_items(&(1..=120).map(item).collect::<Vec<_>>()).await;
    assert!(results.iter().all(|result| result["extended_info"] == "created"));
    for (result, same) in results.iter().zip(&results[40..]) {
        assert_eq!(result["account_id"], same["account_id"]);
    }
    assert_eq!(tenant.table.accounts().await.len(), 40);
}

#[tokio::test]
async fn a_code_and_a_name_alone_meet_the_item_that_has_both_in_one_list() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            ann_with(&json!({"account_code": "A", "contact_name": "Ann"})),
            ann_with(&json!({"account_name": "B", "contact_name": "Bob"})),
            ann_with(&json!({"account_code": "A", "account_name": "B", "contact_name": "Cid"})),
        ])
        .await;
    for result in &results {
        assert_eq!(result["extended_info"], "created");
        assert_eq!(result["account_id"], results[0]["account_id"]);
    }
}
