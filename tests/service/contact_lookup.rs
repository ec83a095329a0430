//! Which contact an item selects: by `contact_id`, by `link_id`, or by account, name and number.

use contacts_tests::{TestTenant, contact_ids_of, expect_str, item_with, link_id, minimal_item};
use serde_json::{Value, json};

#[tokio::test]
async fn contact_id_selects_the_contact() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    let id = created["contact_id"].as_u64().unwrap();
    for (name, form) in [("Bob", json!(id)), ("Cid", json!(id.to_string()))] {
        let result = tenant.upsert_one(&json!({"contact_id": form, "contact_name": name})).await;
        let expected = json!({"extended_info": "updated", "success": true, "link_id": created["link_id"],
            "contact_id": id, "account_id": created["account_id"], "changed": true});
        assert_eq!(result, expected);
        assert_eq!(tenant.table.contact_of(&created).await["contact_name"], name);
    }
}

#[tokio::test]
async fn unknown_contact_id_is_not_found_and_creates_nothing() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&item_with(&json!({"contact_id": 6}))).await;
    assert_eq!(result["success"], false);
    assert_eq!(result["extended_info"], "entity_not_found");
    assert_eq!(result["link_id"], Value::Null);
    assert!(expect_str(&result["error"]).contains("`contact_id`"));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn link_id_selects_the_contact_or_creates_it() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    assert_eq!(created["extended_info"], "created");
    assert_eq!(created["link_id"], link_id(1));
    let updated = tenant.upsert_one(&json!({"link_id": link_id(1), "contact_name": "Bob"})).await;
    assert_eq!(updated["extended_info"], "updated");
    assert_eq!(updated["contact_id"], created["contact_id"]);
    assert_eq!(tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn link_id_is_case_insensitive() {
    let tenant = TestTenant::new().await;
    let lower = "91c615e3-1040-4815-8ecb-039a18b756b5";
    tenant.upsert_one(&item_with(&json!({"link_id": lower}))).await;
    let result = tenant.upsert_one(&json!({"link_id": lower.to_uppercase(), "contact_name": "Bob"})).await;
    assert_eq!((&result["extended_info"], &result["link_id"]), (&json!("updated"), &json!(lower)));
}

#[tokio::test]
async fn both_ids_of_one_contact_select_it() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let both = json!({"contact_id": created["contact_id"], "link_id": link_id(1), "contact_name": "Bob"});
    assert_eq!(tenant.upsert_one(&both).await["extended_info"], "updated");
    assert_eq!(tenant.table.contact_of(&created).await["contact_name"], "Bob");
}

#[tokio::test]
async fn ids_of_two_contacts_are_invalid_data() {
    let tenant = TestTenant::new().await;
    let first = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    tenant.upsert_one(&item_with(&json!({"link_id": link_id(2)}))).await;
    let before = tenant.table.revisions().await;
    for other in [link_id(2), link_id(3)] {
        let item = json!({"contact_id": first["contact_id"], "link_id": other, "contact_name": "Bob"});
        let result = tenant.upsert_one(&item).await;
        assert_eq!(result["extended_info"], "invalid_entity_data");
        assert_eq!(result["link_id"], other);
    }
    assert_eq!(tenant.table.revisions().await, before);
}

#[tokio::test]
async fn both_ids_of_a_deleted_contact_do_not_recreate_it() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    assert_eq!(tenant.delete_contacts(&contact_ids_of([&created])).await.status, 200);
    let item = item_with(&json!({"link_id": link_id(1), "contact_id": created["contact_id"]}));
    assert_eq!(tenant.upsert_one(&item).await["extended_info"], "entity_not_found");
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn item_without_ids_selects_by_account_name_and_number() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    assert_eq!(created["extended_info"], "created");
    for same in [
        minimal_item(),
        item_with(&json!({"contact_name": "  Ann "})),
        item_with(&json!({"contact_type": "manager", "contact_email": "ann@acme"})),
        item_with(&json!({"account_id": created["account_id"]})),
    ] {
        let result = tenant.upsert_one(&same).await;
        assert_eq!(result["extended_info"], "updated", "{same}");
        assert_eq!(result["link_id"], created["link_id"], "{same}");
    }
    for other in [
        item_with(&json!({"contact_name": "ann"})),
        item_with(&json!({"contact_mobile_num": "067_2"})),
        item_with(&json!({"account_code": "OTHER"})),
    ] {
        let result = tenant.upsert_one(&other).await;
        assert_eq!(result["extended_info"], "created", "{other}");
        assert_ne!(result["link_id"], created["link_id"], "{other}");
    }
    assert_eq!(tenant.table.contacts().await.len(), 4);
}

#[tokio::test]
async fn number_and_its_digits_as_a_string_select_one_contact() {
    let tenant = TestTenant::new().await;
    let first = tenant.upsert_one(&item_with(&json!({"contact_mobile_num": 671}))).await;
    let second = tenant.upsert_one(&item_with(&json!({"contact_mobile_num": "671"}))).await;
    assert_eq!(second["extended_info"], "updated");
    assert_eq!(second["link_id"], first["link_id"]);
}

#[tokio::test]
async fn generated_link_id_selects_the_contact() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    let result = tenant.upsert_one(&json!({"link_id": created["link_id"], "contact_desc": "x"})).await;
    assert_eq!(result["extended_info"], "updated");
    assert_eq!(result["contact_id"], created["contact_id"]);
}

#[tokio::test]
async fn items_for_one_contact_apply_in_list_order() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            item_with(&json!({"link_id": link_id(1), "contact_desc": "first", "contact_email": "a@b"})),
            item_with(&json!({"link_id": link_id(2)})),
            json!({"link_id": link_id(1), "contact_name": "Bob", "contact_desc": "second"}),
            json!({"link_id": link_id(1), "contact_name": "Cid", "contact_email": null}),
        ])
        .await;
    let outcomes: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(outcomes, ["created", "created", "updated", "updated"]);
    let stored = tenant.table.contact_of(&results[0]).await;
    assert_eq!(stored["contact_name"], "Cid");
    assert_eq!(stored["contact_desc"], "second");
    assert_eq!(stored["contact_email"], Value::Null);
}

#[tokio::test]
async fn one_list_may_select_a_contact_in_all_three_ways() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&minimal_item()).await;
    let results = tenant
        .upsert_items(&[
            item_with(&json!({"contact_desc": "by name and number"})),
            json!({"contact_id": created["contact_id"], "contact_email": "by@contact_id"}),
            json!({"link_id": created["link_id"], "contact_type": "manager"}),
        ])
        .await;
    for result in &results {
        assert_eq!(
            *result,
            json!({"extended_info": "updated", "success": true, "link_id": created["link_id"],
            "contact_id": created["contact_id"], "account_id": created["account_id"], "changed": true})
        );
    }
    let stored = tenant.table.contact_of(&created).await;
    assert_eq!(stored["contact_desc"], "by name and number");
    assert_eq!(stored["contact_email"], "by@contact_id");
    assert_eq!(stored["contact_type"], "manager");
}

#[tokio::test]
async fn contact_id_selects_what_an_earlier_item_created() {
    let tenant = TestTenant::new().await;
    let known = tenant.upsert_one(&minimal_item()).await;
    tenant.delete_contacts(&contact_ids_of([&known])).await;
    let by_id = json!({"contact_id": known["contact_id"], "contact_desc": "x"});
    let results = tenant.upsert_items(&[by_id.clone(), minimal_item(), by_id]).await;
    let outcomes: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(outcomes, ["entity_not_found", "created", "updated"]);
    assert_eq!(tenant.table.contact_of(&known).await["contact_desc"], "x");
}

#[tokio::test]
async fn failed_item_does_not_stop_others_for_its_contact() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            json!({"link_id": link_id(1), "contact_name": "too early, without a number"}),
            item_with(&json!({"link_id": link_id(1)})),
            json!({"link_id": link_id(1), "contact_email": "none"}),
            json!({"link_id": link_id(1), "contact_desc": "x"}),
        ])
        .await;
    let outcomes: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(outcomes, ["invalid_entity_data", "created", "invalid_entity_data", "updated"]);
    let stored = tenant.table.contact_of(&results[1]).await;
    assert_eq!((&stored["contact_name"], &stored["contact_desc"]), (&json!("Ann"), &json!("x")));
}
