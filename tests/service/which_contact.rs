//! Which contact an item means.

use contacts_tests::{TestTenant, ann, ann_with, contacts_named, link_id, text};
use serde_json::{Value, json};

#[tokio::test]
async fn a_contact_id_means_that_contact() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann()).await;
    let id = created["contact_id"].as_u64().unwrap();
    for (name, form) in [("Bob", json!(id)), ("Cid", json!(id.to_string()))] {
        let result = tenant.upsert_one(&json!({"contact_id": form, "contact_name": name})).await;
        let expected = json!({"extended_info": "updated", "success": true, "link_id": created["link_id"],
            "contact_id": id, "account_id": created["account_id"]});
        assert_eq!(result, expected);
        assert_eq!(tenant.table.contact_of(&created).await["contact_name"], name);
    }
}

#[tokio::test]
async fn a_contact_id_that_does_not_exist_is_not_found_and_creates_nothing() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&ann_with(&json!({"contact_id": 6}))).await;
    assert_eq!(result["success"], false);
    assert_eq!(result["extended_info"], "entity_not_found");
    assert_eq!(result["link_id"], Value::Null);
    assert!(text(&result["error"]).contains("`contact_id`"));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_link_id_means_that_contact_which_is_created_if_it_is_not_there() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    assert_eq!(created["extended_info"], "created");
    assert_eq!(created["link_id"], link_id(1));
    let updated = tenant.upsert_one(&json!({"link_id": link_id(1), "contact_name": "Bob"})).await;
    assert_eq!(updated["extended_info"], "updated");
    assert_eq!(updated["contact_id"], created["contact_id"]);
    assert_eq!(tenant.table.contacts().await.len(), 1);
}

#[tokio::test]
async fn a_link_id_in_capitals_is_the_same_link_id() {
    let tenant = TestTenant::new().await;
    let lower = "91c615e3-1040-4815-8ecb-039a18b756b5";
    tenant.upsert_one(&ann_with(&json!({"link_id": lower}))).await;
    let result = tenant.upsert_one(&json!({"link_id": lower.to_uppercase(), "contact_name": "Bob"})).await;
    assert_eq!((&result["extended_info"], &result["link_id"]), (&json!("updated"), &json!(lower)));
}

#[tokio::test]
async fn both_ids_of_one_contact_mean_it() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let both = json!({"contact_id": created["contact_id"], "link_id": link_id(1), "contact_name": "Bob"});
    assert_eq!(tenant.upsert_one(&both).await["extended_info"], "updated");
    assert_eq!(tenant.table.contact_of(&created).await["contact_name"], "Bob");
}

#[tokio::test]
async fn ids_of_two_contacts_are_invalid_data() {
    let tenant = TestTenant::new().await;
    let first = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    tenant.upsert_one(&ann_with(&json!({"link_id": link_id(2)}))).await;
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
async fn both_ids_of_a_contact_that_is_gone_do_not_bring_it_back() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    assert_eq!(tenant.delete_contacts(&contacts_named([&created])).await.status, 200);
    let item = ann_with(&json!({"link_id": link_id(1), "contact_id": created["contact_id"]}));
    assert_eq!(tenant.upsert_one(&item).await["extended_info"], "entity_not_found");
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn without_ids_the_account_the_name_and_the_number_mean_a_contact() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann()).await;
    assert_eq!(created["extended_info"], "created");
    for same in [
        ann(),
        ann_with(&json!({"contact_name": "  Ann "})),
        ann_with(&json!({"contact_type": "manager", "contact_email": "ann@acme"})),
        ann_with(&json!({"account_id": created["account_id"]})),
    ] {
        let result = tenant.upsert_one(&same).await;
        assert_eq!(result["extended_info"], "updated", "{same}");
        assert_eq!(result["link_id"], created["link_id"], "{same}");
    }
    for other in [
        ann_with(&json!({"contact_name": "ann"})),
        ann_with(&json!({"contact_mobile_num": "067_2"})),
        ann_with(&json!({"account_code": "OTHER"})),
    ] {
        let result = tenant.upsert_one(&other).await;
        assert_eq!(result["extended_info"], "created", "{other}");
        assert_ne!(result["link_id"], created["link_id"], "{other}");
    }
    assert_eq!(tenant.table.contacts().await.len(), 4);
}

#[tokio::test]
async fn a_number_and_the_string_of_its_digits_mean_the_same_contact() {
    let tenant = TestTenant::new().await;
    let first = tenant.upsert_one(&ann_with(&json!({"contact_mobile_num": 671}))).await;
    let second = tenant.upsert_one(&ann_with(&json!({"contact_mobile_num": "671"}))).await;
    assert_eq!(second["extended_info"], "updated");
    assert_eq!(second["link_id"], first["link_id"]);
}

#[tokio::test]
async fn a_contact_that_got_its_link_id_is_named_by_it() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann()).await;
    let result = tenant.upsert_one(&json!({"link_id": created["link_id"], "contact_desc": "x"})).await;
    assert_eq!(result["extended_info"], "updated");
    assert_eq!(result["contact_id"], created["contact_id"]);
}

#[tokio::test]
async fn items_that_mean_one_contact_apply_in_list_order() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            ann_with(&json!({"link_id": link_id(1), "contact_desc": "first", "contact_email": "a@b"})),
            ann_with(&json!({"link_id": link_id(2)})),
            json!({"link_id": link_id(1), "contact_name": "Bob", "contact_desc": "second"}),
            json!({"link_id": link_id(1), "contact_name": "Cid", "contact_email": null}),
        ])
        .await;
    let words: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["created", "created", "updated", "updated"]);
    let stored = tenant.table.contact_of(&results[0]).await;
    assert_eq!(stored["contact_name"], "Cid");
    assert_eq!(stored["contact_desc"], "second");
    assert_eq!(stored["contact_email"], Value::Null);
}

#[tokio::test]
async fn the_three_ways_to_name_a_contact_meet_in_one_list() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann()).await;
    let results = tenant
        .upsert_items(&[
            ann_with(&json!({"contact_desc": "by name and number"})),
            json!({"contact_id": created["contact_id"], "contact_email": "by@contact_id"}),
            json!({"link_id": created["link_id"], "contact_type": "manager"}),
        ])
        .await;
    for result in &results {
        assert_eq!(
            *result,
            json!({"extended_info": "updated", "success": true, "link_id": created["link_id"],
            "contact_id": created["contact_id"], "account_id": created["account_id"]})
        );
    }
    let stored = tenant.table.contact_of(&created).await;
    assert_eq!(stored["contact_desc"], "by name and number");
    assert_eq!(stored["contact_email"], "by@contact_id");
    assert_eq!(stored["contact_type"], "manager");
}

#[tokio::test]
async fn an_item_by_contact_id_finds_what_an_earlier_item_of_the_list_created() {
    let tenant = TestTenant::new().await;
    let known = tenant.upsert_one(&ann()).await;
    tenant.delete_contacts(&contacts_named([&known])).await;
    let by_id = json!({"contact_id": known["contact_id"], "contact_desc": "x"});
    let results = tenant.upsert_items(&[by_id.clone(), ann(), by_id]).await;
    let words: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["entity_not_found", "created", "updated"]);
    assert_eq!(tenant.table.contact_of(&known).await["contact_desc"], "x");
}

#[tokio::test]
async fn an_item_that_fails_does_not_stop_the_others_that_mean_its_contact() {
    let tenant = TestTenant::new().await;
    let results = tenant
        .upsert_items(&[
            json!({"link_id": link_id(1), "contact_name": "too early, without a number"}),
            ann_with(&json!({"link_id": link_id(1)})),
            json!({"link_id": link_id(1), "contact_email": "none"}),
            json!({"link_id": link_id(1), "contact_desc": "x"}),
        ])
        .await;
    let words: Vec<_> = results.iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["invalid_entity_data", "created", "invalid_entity_data", "updated"]);
    let stored = tenant.table.contact_of(&results[1]).await;
    assert_eq!((&stored["contact_name"], &stored["contact_desc"]), (&json!("Ann"), &json!("x")));
}
