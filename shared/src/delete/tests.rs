//! The use case on a real store.

use super::*;
use crate::{
    domain::ContactName,
    test_support::{
        TestStore, by_code, by_code_and_name, by_id, link_id, new_contact, operation, some_time, tenant,
    },
    upsert::upsert,
};

/// Stores contacts with these numbers on the account of this code.
async fn store_contacts(store: &Store, account: &str, numbers: impl Iterator<Item = u128>) {
    let items: Vec<_> = numbers.map(|number| new_contact(number, by_code(account))).collect();
    for outcome in upsert(store, &tenant(), &operation(), &items).await.unwrap() {
        outcome.unwrap();
    }
}

fn deletion(account: AccountReference, numbers: impl Iterator<Item = u128>) -> Deletion {
    let contacts = numbers.map(|number| Selector::LinkId(link_id(number))).collect();
    Deletion { account, contacts, room: usize::MAX }
}

async fn run(store: &Store, deletion: &Deletion) -> (Result<(), DeleteError>, Vec<LinkId>) {
    let mut deleted = Deleted::new();
    let result = delete(store, &tenant().name, deletion, some_time(), &mut deleted).await;
    (result, deleted.values().map(|contact| contact.link_id).collect())
}

#[tokio::test]
async fn contacts_are_told_in_the_order_of_the_request_however_many_transactions_it_takes() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..250).await;
    let (result, deleted) = run(&test.store, &deletion(by_code("A"), (0..250).rev())).await;
    assert_eq!(result, Ok(()));
    assert_eq!(deleted, (0..250).rev().map(link_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_warm_delete_takes_two_round_trips_and_two_write_units_a_contact() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..3).await;
    run(&test.store, &deletion(by_code("A"), 0..1)).await.0.unwrap();
    let store = test.store.counting();
    run(&store, &deletion(by_code("A"), 1..3)).await.0.unwrap();
    assert_eq!(store.usage().round_trips, 2);
    assert!((store.usage().write_units - 4.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn an_error_deletes_nothing() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    store_contacts(&test.store, "B", 2..3).await;
    let too_large = Deletion { room: 100, ..deletion(by_code("A"), 0..2) };
    for (deletion, error) in [
        (deletion(by_code("A"), 0..3), DeleteError::OnOtherAccounts),
        (deletion(by_code("A"), 1..9), DeleteError::NotAllFound),
        (deletion(by_code("A"), 2..9), DeleteError::NoneFound),
        (deletion(by_code("A"), [0, 1, 0].into_iter()), DeleteError::NamedTwice),
        (deletion(by_code("C"), 0..2), DeleteError::UnknownAccount),
        (deletion(by_id("3"), 0..2), DeleteError::UnknownAccount),
        (deletion(by_code_and_name("A", "no such name"), 0..2), DeleteError::AccountsDisagree),
        (too_large, DeleteError::AnswerTooLarge),
    ] {
        assert_eq!(run(&test.store, &deletion).await, (Err(error), vec![]));
    }
    assert_eq!(run(&test.store, &deletion(by_code("A"), 0..2)).await.0, Ok(()));
}

#[tokio::test]
async fn a_contact_named_by_two_ids_must_have_both() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    let id = ContactId::derive(&tenant().name, link_id(0));
    let other = Selector::ContactId(id, Some(link_id(1)));
    let mismatch = Deletion { contacts: vec![other], ..deletion(by_code("A"), 0..0) };
    assert_eq!(run(&test.store, &mismatch).await.0, Err(DeleteError::NoneFound));
    let own = Selector::ContactId(id, Some(link_id(0)));
    let both = Deletion { contacts: vec![own], ..deletion(by_code("A"), 0..0) };
    assert_eq!(run(&test.store, &both).await, (Ok(()), vec![link_id(0)]));
}

#[tokio::test]
async fn what_a_delete_tells_is_what_it_deleted_though_others_keep_changing_it() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..1).await;
    let change = |name: &'static str| {
        let mut item = new_contact(0, by_code("A"));
        item.fields.name = ContactName::parse(name).ok();
        let store = &test.store;
        async move {
            let outcomes = upsert(store, &tenant(), &operation(), &[item]).await.unwrap();
            outcomes.into_iter().next().unwrap().unwrap().state
        }
    };
    let mut deleted = Deleted::new();
    let all = deletion(by_code("A"), 0..1);
    let (tenant, store) = (tenant(), &test.store);
    let (result, first, second) = tokio::join!(
        delete(store, &tenant.name, &all, some_time(), &mut deleted),
        change("Bob"),
        change("Cid")
    );
    assert_eq!(result, Ok(()));
    // Whoever came after the delete created the contact anew; whoever came before shows in what it told.
    let created = [first, second].iter().filter(|state| **state == crate::upsert::State::Created).count();
    let told = deleted[&0].name.as_str();
    let id = ContactId::derive(&tenant.name, link_id(0));
    let left = store.contacts(&tenant.name, [id]).await.unwrap();
    assert_eq!(left.len(), usize::from(created > 0), "told {told}, created {created}");
}

#[tokio::test]
async fn no_transaction_begins_when_there_is_no_time_left_to_hear_how_it_ends() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..1).await;
    let mut deleted = Deleted::new();
    let all = deletion(by_code("A"), 0..1);
    let result = delete(&test.store, &tenant().name, &all, BeginBy::now(), &mut deleted).await;
    assert!(matches!(result, Err(DeleteError::Store(StoreError::Unavailable(_)))));
    assert_eq!(run(&test.store, &all).await, (Ok(()), vec![link_id(0)]));
}

#[tokio::test]
async fn what_is_deleted_already_takes_room_in_the_answer_too() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    let mut deleted = Deleted::new();
    let first = deletion(by_code("A"), 0..1);
    delete(&test.store, &tenant().name, &first, some_time(), &mut deleted).await.unwrap();
    let room = told_size(&deleted[&0]) * 3 / 2;
    let both = Deletion { room, ..deletion(by_code("A"), 0..2) };
    let result = delete(&test.store, &tenant().name, &both, some_time(), &mut deleted).await;
    assert_eq!((result, deleted.len()), (Err(DeleteError::AnswerTooLarge), 1));
    assert_eq!(run(&test.store, &deletion(by_code("A"), 1..2)).await.0, Ok(()));
}

#[tokio::test]
async fn what_an_answer_takes_is_never_more_than_was_reckoned_and_not_much_less() {
    let test = TestStore::start().await;
    let mut item = new_contact(0, by_code("A"));
    item.fields.name = ContactName::parse(&"\"\\x".repeat(80)).ok();
    upsert(&test.store, &tenant(), &operation(), &[item]).await.unwrap();
    let mut deleted = Deleted::new();
    let all = deletion(by_code("A"), 0..1);
    delete(&test.store, &tenant().name, &all, some_time(), &mut deleted).await.unwrap();
    let reckoned = told_size(&deleted[&0]);
    let told = serde_json::to_string(&crate::body::DeletedContacts(deleted.into_values().collect())).unwrap();
    let in_an_event = serde_json::to_string(&told).unwrap().len();
    assert!(in_an_event <= reckoned, "{in_an_event} of {reckoned}");
    assert!(in_an_event + 60 >= reckoned, "{in_an_event} of {reckoned}");
}
