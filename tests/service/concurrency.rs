//! Concurrent requests for the same contacts and accounts: every response is exact.

use std::collections::{BTreeMap, BTreeSet};

use contacts_tests::{
    ApiResponse, TestTenant, contact_ids_of, expect_str, item_with, link_id, minimal_item, numbered_items,
    without,
};
use futures_util::future::{join_all, join4};
use serde_json::{Value, json};

/// Sends the same 200 new items by 8 callers at once, each in another order. For each contact, exactly one caller
/// must get `created`.
async fn assert_created_once_each(items: &[Value]) {
    let tenant = TestTenant::new().await;
    let callers = (0..8).map(|caller| {
        let mut items = items.to_vec();
        let start = caller * items.len() / 8;
        items.rotate_left(start);
        let tenant = &tenant;
        async move { tenant.upsert_items(&items).await }
    });
    let mut created = BTreeMap::new();
    for result in join_all(callers).await.into_iter().flatten() {
        let times = created.entry(expect_str(&result["link_id"]).to_owned()).or_insert(0);
        match expect_str(&result["extended_info"]) {
            "created" => *times += 1,
            word => assert_eq!(word, "updated"),
        }
    }
    assert_eq!(created.len(), items.len());
    assert_eq!(created.values().filter(|times| **times == 1).count(), items.len());
    assert_eq!(tenant.table.contacts().await.len(), items.len());
}

#[tokio::test]
async fn one_of_8_callers_gets_created_for_a_link_id() {
    assert_created_once_each(&numbered_items(1..=200)).await;
}

#[tokio::test]
async fn one_of_8_callers_gets_created_for_a_name_and_number() {
    let items: Vec<_> = numbered_items(1..=200).into_iter().map(|item| without(item, "link_id")).collect();
    assert_created_once_each(&items).await;
}

#[tokio::test]
async fn concurrent_updates_of_different_fields_are_all_kept() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    for round in 0..15 {
        let changes = json!({
            "contact_name": format!("Name {round}"),
            "contact_mobile_num": format!("067_{round}"),
            "contact_email": format!("email@{round}"),
            "contact_desc": format!("desc {round}"),
        });
        let changes = changes.as_object().unwrap();
        let callers = changes.iter().map(|(field, value)| {
            let item = json!({"link_id": link_id(1), field: value});
            let tenant = &tenant;
            async move { tenant.upsert_one(&item).await }
        });
        for result in join_all(callers).await {
            assert_eq!(result["extended_info"], "updated");
        }
        let stored = tenant.table.contact_of(&created).await;
        for (field, value) in changes {
            assert_eq!(stored[field], *value, "{round}");
        }
    }
}

#[tokio::test]
async fn concurrent_upserts_and_deletes_report_the_final_state() {
    let tenant = TestTenant::new().await;
    let mut present = 0;
    for round in 0..25 {
        let paired = |word: &str| {
            let text = format!("{word} {round}");
            item_with(&json!({"link_id": link_id(1), "contact_name": text, "contact_desc": text}))
        };
        let (first, second) = (paired("first"), paired("second"));
        let contact = [json!({"link_id": link_id(1)})];
        let (upserted, upserted_too, deleted, deleted_too) = join4(
            tenant.upsert_one(&first),
            tenant.upsert_one(&second),
            tenant.delete_contacts(&contact),
            tenant.delete_contacts(&contact),
        )
        .await;
        for result in [upserted, upserted_too] {
            match expect_str(&result["extended_info"]) {
                "created" => present += 1,
                word => assert_eq!(word, "updated"),
            }
        }
        for response in [deleted, deleted_too] {
            present -= i32::try_from(count_deleted(&response)).unwrap();
        }
        let stored = tenant.table.contacts().await;
        assert_eq!(i32::try_from(stored.len()).unwrap(), present, "round {round}");
        assert!(stored.iter().all(|contact| contact["contact_name"] == contact["contact_desc"]));
    }
}

/// Returns how many contacts a delete has deleted. Each must be the result of one upsert, not a mix of two. A delete
/// that comes before the first upsert fails validation, because the account does not exist yet.
fn count_deleted(response: &ApiResponse) -> usize {
    match (response.status, response.result_code()) {
        (200, 0) => {
            let contact = &response.deleted()[0];
            assert_eq!(contact["contact_name"], contact["contact_desc"]);
        }
        (404, 4) | (400, 1) => assert_eq!(response.deleted(), Vec::<Value>::new()),
        other => panic!("{other:?}: {}", response.text),
    }
    response.deleted().len()
}

#[tokio::test]
async fn of_two_overlapping_deletes_one_deletes_all_one_none() {
    let tenant = TestTenant::new().await;
    for _ in 0..10 {
        let results = tenant.upsert_items(&numbered_items(1..=60)).await;
        let contacts = contact_ids_of(&results);
        let responses =
            join_all([tenant.delete_contacts(&contacts[..40]), tenant.delete_contacts(&contacts[20..])])
                .await;
        let mut codes: Vec<_> = responses.iter().map(ApiResponse::result_code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 5]);
        for response in responses {
            assert_eq!(response.deleted().len(), if response.result_code() == 0 { 40 } else { 0 });
        }
        assert_eq!(tenant.table.contacts().await.len(), 20);
    }
}

#[tokio::test]
async fn long_delete_reports_every_contact_that_it_deleted() {
    let tenant = TestTenant::new().await;
    let results = tenant.upsert_items(&numbered_items(1..=600)).await;
    let contacts = contact_ids_of(&results);
    let (long, short) = futures_util::future::join(
        tenant.delete_contacts(&contacts),
        join_all((0..6).map(|at| tenant.delete_contacts(&contacts[at * 100 + 50..=at * 100 + 50]))),
    )
    .await;
    let deleted = [&long].into_iter().chain(&short).flat_map(ApiResponse::deleted);
    let deleted: Vec<_> = deleted.map(|contact| expect_str(&contact["link_id"])).collect();
    let distinct: BTreeSet<_> = deleted.iter().copied().collect();
    assert_eq!(distinct.len(), deleted.len(), "a contact is deleted by one caller");
    let left = tenant.table.revisions().await;
    assert!(left.keys().all(|link_id| !distinct.contains(&**link_id)));
    assert_eq!(deleted.len() + left.len(), 600);
    assert!([0, 5].contains(&long.result_code()), "{}", long.result_code());
}

#[tokio::test]
async fn contact_that_moves_during_its_delete_is_moved_or_deleted() {
    let tenant = TestTenant::new().await;
    for _ in 0..15 {
        let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
        let item = json!({"contact_id": created["contact_id"], "account_code": "OTHER"});
        let contacts = contact_ids_of([&created]);
        let (moved, deleted) =
            futures_util::future::join(tenant.upsert_one(&item), tenant.delete_contacts(&contacts)).await;
        let ends = (expect_str(&moved["extended_info"]), deleted.result_code());
        assert!(matches!(ends, ("updated", 4) | ("entity_not_found", 0)), "{ends:?}");
        let left = tenant.table.contacts().await.len();
        assert_eq!(left, usize::from(deleted.result_code() != 0));
    }
}

/// Sends items for one new account by 8 callers at once. All must get the same account.
async fn assert_one_account(name_for: impl Fn(usize, u32) -> Value) {
    let tenant = TestTenant::new().await;
    for round in 0..15 {
        let callers = (0..8).map(|caller| {
            let item = item_with(&name_for(caller, round));
            let tenant = &tenant;
            async move { tenant.upsert_one(&item).await }
        });
        let results = join_all(callers).await;
        let ids: BTreeSet<_> = results.iter().map(|result| result["account_id"].as_u64()).collect();
        assert_eq!(ids.len(), 1, "{results:?}");
        assert!(!ids.contains(&None), "{results:?}");
        let created = results.iter().filter(|result| result["extended_info"] == "created").count();
        assert_eq!(created, 1);
        assert_eq!(tenant.table.accounts().await.len(), round as usize + 1);
    }
}

#[tokio::test]
async fn concurrent_creates_of_one_code_get_one_account() {
    assert_one_account(|_, round| json!({"account_code": format!("CODE {round}")})).await;
}

#[tokio::test]
async fn concurrent_creates_of_one_name_get_one_account() {
    assert_one_account(|_, round| json!({"account_name": format!("Name {round}")})).await;
}

#[tokio::test]
async fn concurrent_creates_of_one_code_and_name_get_one_account() {
    assert_one_account(
        |_, round| json!({"account_code": format!("CODE {round}"), "account_name": format!("Name {round}")}),
    )
    .await;
}

#[tokio::test]
async fn concurrent_creates_with_and_without_name_get_one_account() {
    assert_one_account(|caller, round| {
        let mut account = json!({"account_code": format!("CODE {round}")});
        if caller % 2 == 0 {
            account["account_name"] = json!(format!("Name {round}"));
        }
        account
    })
    .await;
}

#[tokio::test]
async fn name_sent_for_two_codes_at_once_belongs_to_one_of_them() {
    let tenant = TestTenant::new().await;
    for round in 0..10 {
        let callers = (0..6).map(|caller| {
            let account = json!({
                "account_code": format!("CODE {round} {}", caller % 2),
                "account_name": format!("Name {round}"),
            });
            let tenant = &tenant;
            async move { tenant.upsert_one(&item_with(&account)).await }
        });
        let results = join_all(callers).await;
        let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|result| result["success"] == true);
        assert_eq!((won.len(), lost.len()), (3, 3), "{results:?}");
        assert!(won.iter().all(|result| result["account_id"] == won[0]["account_id"]));
        assert!(lost.iter().all(|result| result["extended_info"] == "invalid_entity_data"));
    }
    assert_eq!(tenant.table.accounts().await.len(), 10);
    assert_eq!(tenant.upsert_one(&minimal_item()).await["extended_info"], "created");
}
