//! Callers that meet at the same contacts and accounts: every answer is exact, whatever runs meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use contacts_tests::{
    Answer, TestTenant, ann, ann_with, contacts_named, link_id, numbered_items, text, without,
};
use futures_util::future::{join_all, join4};
use serde_json::{Value, json};

/// Has 8 callers send the same 200 new items at once, each in an order of its own; of all of them, exactly
/// one may hear `created` about each contact.
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
        let times = created.entry(text(&result["link_id"]).to_owned()).or_insert(0);
        match text(&result["extended_info"]) {
            "created" => *times += 1,
            word => assert_eq!(word, "updated"),
        }
    }
    assert_eq!(created.len(), items.len());
    assert_eq!(created.values().filter(|times| **times == 1).count(), items.len());
    assert_eq!(tenant.table.contacts().await.len(), items.len());
}

#[tokio::test]
async fn one_of_eight_callers_hears_created_about_a_link_id() {
    assert_created_once_each(&numbered_items(1..=200)).await;
}

#[tokio::test]
async fn one_of_eight_callers_hears_created_about_a_name_and_a_number() {
    let items: Vec<_> = numbered_items(1..=200).into_iter().map(|item| without(item, "link_id")).collect();
    assert_created_once_each(&items).await;
}

#[tokio::test]
async fn concurrent_updates_of_different_fields_all_survive() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
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
async fn the_answers_of_upserts_and_deletes_that_race_add_up() {
    let tenant = TestTenant::new().await;
    let mut present = 0;
    for round in 0..25 {
        let paired = |word: &str| {
            let text = format!("{word} {round}");
            ann_with(&json!({"link_id": link_id(1), "contact_name": text, "contact_desc": text}))
        };
        let (first, second) = (paired("first"), paired("second"));
        let contact = [json!({"link_id": link_id(1)})];
        let (one, other, gone, gone_too) = join4(
            tenant.upsert_one(&first),
            tenant.upsert_one(&second),
            tenant.delete_contacts(&contact),
            tenant.delete_contacts(&contact),
        )
        .await;
        for result in [one, other] {
            match text(&result["extended_info"]) {
                "created" => present += 1,
                word => assert_eq!(word, "updated"),
            }
        }
        for answer in [gone, gone_too] {
            present -= i32::try_from(told_whole(&answer)).unwrap();
        }
        let stored = tenant.table.contacts().await;
        assert_eq!(i32::try_from(stored.len()).unwrap(), present, "round {round}");
        assert!(stored.iter().all(|contact| contact["contact_name"] == contact["contact_desc"]));
    }
}

/// How many contacts a delete took. Whatever it tells of was written by one upsert, not half by each. A
/// delete that came before the account was there is no error of its own.
fn told_whole(answer: &Answer) -> usize {
    match (answer.status, answer.code()) {
        (200, 0) => {
            let contact = &answer.deleted()[0];
            assert_eq!(contact["contact_name"], contact["contact_desc"]);
        }
        (404, 4) | (400, 1) => assert_eq!(answer.deleted(), Vec::<Value>::new()),
        other => panic!("{other:?}: {}", answer.text),
    }
    answer.deleted().len()
}

#[tokio::test]
async fn of_two_deletes_that_overlap_one_takes_all_and_the_other_none() {
    let tenant = TestTenant::new().await;
    for _ in 0..10 {
        let results = tenant.upsert_items(&numbered_items(1..=60)).await;
        let contacts = contacts_named(&results);
        let answers =
            join_all([tenant.delete_contacts(&contacts[..40]), tenant.delete_contacts(&contacts[20..])])
                .await;
        let mut codes: Vec<_> = answers.iter().map(Answer::code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 5]);
        for answer in answers {
            assert_eq!(answer.deleted().len(), if answer.code() == 0 { 40 } else { 0 });
        }
        assert_eq!(tenant.table.contacts().await.len(), 20);
    }
}

#[tokio::test]
async fn whatever_a_long_delete_has_deleted_it_tells() {
    let tenant = TestTenant::new().await;
    let results = tenant.upsert_items(&numbered_items(1..=600)).await;
    let contacts = contacts_named(&results);
    let (long, short) = futures_util::future::join(
        tenant.delete_contacts(&contacts),
        join_all((0..6).map(|at| tenant.delete_contacts(&contacts[at * 100 + 50..=at * 100 + 50]))),
    )
    .await;
    let told = [&long].into_iter().chain(&short).flat_map(Answer::deleted);
    let told: Vec<_> = told.map(|contact| text(&contact["link_id"])).collect();
    let distinct: BTreeSet<_> = told.iter().copied().collect();
    assert_eq!(distinct.len(), told.len(), "a contact is deleted by one caller");
    let left = tenant.table.revisions().await;
    assert!(left.keys().all(|link_id| !distinct.contains(&**link_id)));
    assert_eq!(told.len() + left.len(), 600);
    assert!([0, 5].contains(&long.code()), "{}", long.code());
}

#[tokio::test]
async fn a_contact_that_moves_while_it_is_deleted_is_moved_or_deleted() {
    let tenant = TestTenant::new().await;
    for _ in 0..15 {
        let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
        let item = json!({"contact_id": created["contact_id"], "account_code": "OTHER"});
        let contacts = contacts_named([&created]);
        let (moved, deleted) =
            futures_util::future::join(tenant.upsert_one(&item), tenant.delete_contacts(&contacts)).await;
        let ends = (text(&moved["extended_info"]), deleted.code());
        assert!(matches!(ends, ("updated", 4) | ("entity_not_found", 0)), "{ends:?}");
        let left = tenant.table.contacts().await.len();
        assert_eq!(left, usize::from(deleted.code() != 0));
    }
}

/// Has 8 callers name accounts that don't exist yet at once; all must mean the same one.
async fn assert_one_account(name_for: impl Fn(usize, u32) -> Value) {
    let tenant = TestTenant::new().await;
    for round in 0..15 {
        let callers = (0..8).map(|caller| {
            let item = ann_with(&name_for(caller, round));
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
async fn callers_that_create_the_same_code_get_one_account() {
    assert_one_account(|_, round| json!({"account_code": format!("CODE {round}")})).await;
}

#[tokio::test]
async fn callers_that_create_the_same_name_get_one_account() {
    assert_one_account(|_, round| json!({"account_name": format!("Name {round}")})).await;
}

#[tokio::test]
async fn callers_that_create_the_same_code_and_name_get_one_account() {
    assert_one_account(
        |_, round| json!({"account_code": format!("CODE {round}"), "account_name": format!("Name {round}")}),
    )
    .await;
}

#[tokio::test]
async fn callers_that_create_the_same_code_with_and_without_a_name_get_one_account() {
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
async fn a_name_that_callers_give_to_two_codes_becomes_one_of_theirs() {
    let tenant = TestTenant::new().await;
    for round in 0..10 {
        let callers = (0..6).map(|caller| {
            let account = json!({
                "account_code": format!("CODE {round} {}", caller % 2),
                "account_name": format!("Name {round}"),
            });
            let tenant = &tenant;
            async move { tenant.upsert_one(&ann_with(&account)).await }
        });
        let results = join_all(callers).await;
        let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|result| result["success"] == true);
        assert_eq!((won.len(), lost.len()), (3, 3), "{results:?}");
        assert!(won.iter().all(|result| result["account_id"] == won[0]["account_id"]));
        assert!(lost.iter().all(|result| result["extended_info"] == "invalid_entity_data"));
    }
    assert_eq!(tenant.table.accounts().await.len(), 10);
    assert_eq!(tenant.upsert_one(&ann()).await["extended_info"], "created");
}
