//! Lists of 10,000 items, the longest that are allowed.

use std::collections::BTreeMap;

use contacts_tests::{TestTenant, contact_ids_of, link_id, numbered_items};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Runs tests with long lists one after another: at once, each would only take longer.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

fn count(results: &[Value], outcome: &str) -> usize {
    results.iter().filter(|result| result["extended_info"] == outcome).count()
}

fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    assert!(before.keys().eq(after.keys()));
    after.iter().filter(|(id, revision)| before[*id] != **revision).map(|(id, _)| id.clone()).collect()
}

#[tokio::test]
async fn resent_list_of_10_000_items_writes_only_the_changes() {
    let _turn = TURN.lock().await;
    let tenant = TestTenant::new().await;
    let mut items = numbered_items(1..=10_000);
    let results = tenant.upsert_items(&items).await;
    assert_eq!(count(&results, "created"), 10_000);
    for (item, result) in items.iter().zip(&results) {
        assert_eq!(item["link_id"], result["link_id"]);
    }
    let before = tenant.table.revisions().await;
    assert_eq!(before.len(), 10_000);

    let results = tenant.upsert_items(&items).await;
    assert_eq!(count(&results, "updated"), 10_000);
    assert_eq!(changed(&before, &tenant.table.revisions().await), Vec::<String>::new());

    let numbers: Vec<u32> = (50..=10_000).step_by(100).collect();
    for number in &numbers {
        items[*number as usize - 1]["contact_desc"] = json!("changed");
    }
    let results = tenant.upsert_items(&items).await;
    assert_eq!(count(&results, "updated"), 10_000);
    let expected: Vec<_> = numbers.into_iter().map(link_id).collect();
    assert_eq!(changed(&before, &tenant.table.revisions().await), expected);
}

#[tokio::test]
async fn list_of_10_000_items_for_one_contact_applies_in_order() {
    let _turn = TURN.lock().await;
    let tenant = TestTenant::new().await;
    let mut items = numbered_items(1..=10_000);
    for item in &mut items {
        item["link_id"] = json!(link_id(1));
    }
    let results = tenant.upsert_items(&items).await;
    assert_eq!((&results[0]["extended_info"], count(&results, "updated")), (&json!("created"), 9_999));
    assert_eq!(tenant.table.contact_of(&results[0]).await["contact_name"], "Contact 10000");
}

#[tokio::test]
async fn list_of_10_000_contacts_is_deleted_in_request_order() {
    let _turn = TURN.lock().await;
    let tenant = TestTenant::new().await;
    let results = tenant.upsert_items(&numbered_items(1..=10_000)).await;
    let response = tenant.delete_contacts(&contact_ids_of(results.iter().rev())).await;
    assert_eq!((response.status, response.result_code()), (200, 0));
    let deleted = response.deleted().iter().map(|contact| &contact["contact_id"]);
    assert!(deleted.eq(results.iter().rev().map(|result| &result["contact_id"])));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}
