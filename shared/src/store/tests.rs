//! The store's promises about contacts, on a real one.

use embedded_dynamodb::Difference;

use super::*;
use crate::{
    domain::{Contact, ContactId, ContactName, MobileNumber},
    test_support::{TestStore, link_id, operation, some_time, tenant},
};

fn contact(number: u128) -> Contact {
    Contact {
        id: ContactId::derive(&tenant().name, link_id(number)),
        link_id: link_id(number),
        account: crate::domain::AccountId::parse("3").unwrap(),
        name: ContactName::parse("Ann").unwrap(),
        mobile_number: MobileNumber::parse("067_1").unwrap(),
        kind: crate::domain::ContactType::default(),
        email: None,
        description: None,
    }
}

async fn write(store: &Store, writes: &[ContactWrite]) -> Vec<WriteOutcome> {
    store.write_contacts(&tenant().name, &operation(), writes).await.unwrap()
}

async fn read(store: &Store, number: u128) -> Option<StoredContact> {
    let id = contact(number).id;
    store.contacts(&tenant().name, [id]).await.unwrap().remove(&id)
}

#[tokio::test]
async fn a_contact_is_created_only_once() {
    let test = TestStore::start().await;
    let create = [ContactWrite::Create(contact(1))];
    assert_eq!(write(&test.store, &create).await, [WriteOutcome::Written]);
    assert_eq!(write(&test.store, &create).await, [WriteOutcome::Refused]);
}

#[tokio::test]
async fn of_a_batch_each_write_succeeds_or_fails_by_itself_and_is_told_in_order() {
    let test = TestStore::start().await;
    write(&test.store, &[ContactWrite::Create(contact(30))]).await;
    let writes: Vec<_> = (0..60).map(|number| ContactWrite::Create(contact(number))).collect();
    let outcomes = write(&test.store, &writes).await;
    let refused: Vec<_> = (0..60).filter(|number| outcomes[*number] == WriteOutcome::Refused).collect();
    assert_eq!(refused, [30]);
}

#[tokio::test]
async fn a_contact_that_changed_since_it_was_read_is_neither_changed_nor_deleted() {
    let test = TestStore::start().await;
    write(&test.store, &[ContactWrite::Create(contact(1))]).await;
    let before = read(&test.store, 1).await.unwrap();
    let after = Contact { name: ContactName::parse("Bob").unwrap(), ..contact(1) };
    let change = [ContactWrite::Change { before: before.clone(), after }];
    assert_eq!(write(&test.store, &change).await, [WriteOutcome::Written]);
    assert_eq!(write(&test.store, &change).await, [WriteOutcome::Refused]);
    let deleted = test.store.delete_contacts(&tenant().name, &[&before], some_time()).await;
    assert_eq!(deleted, Ok(DeleteOutcome::Refused));
    assert_eq!(read(&test.store, 1).await.unwrap().contact.name.as_str(), "Bob");
}

#[tokio::test]
async fn a_contact_deleted_and_created_again_the_same_is_not_the_one_that_was_read() {
    let test = TestStore::start().await;
    write(&test.store, &[ContactWrite::Create(contact(1))]).await;
    let before = read(&test.store, 1).await.unwrap();
    let deleted = test.store.delete_contacts(&tenant().name, &[&before], some_time()).await;
    assert_eq!(deleted, Ok(DeleteOutcome::Deleted));
    write(&test.store, &[ContactWrite::Create(contact(1))]).await;
    let again = test.store.delete_contacts(&tenant().name, &[&before], some_time()).await;
    assert_eq!(again, Ok(DeleteOutcome::Refused));
}

#[tokio::test]
async fn contacts_are_deleted_together_or_not_at_all() {
    let test = TestStore::start().await;
    let writes: Vec<_> = (0..100).map(|number| ContactWrite::Create(contact(number))).collect();
    write(&test.store, &writes).await;
    let ids: Vec<_> = (0..100).map(|number| contact(number).id).collect();
    let stored = test.store.contacts(&tenant().name, ids.iter().copied()).await.unwrap();
    let after = Contact { name: ContactName::parse("Bob").unwrap(), ..contact(99) };
    write(&test.store, &[ContactWrite::Change { before: stored[&ids[99]].clone(), after }]).await;
    let all: Vec<_> = ids.iter().map(|id| &stored[id]).collect();
    assert_eq!(
        test.store.delete_contacts(&tenant().name, &all, some_time()).await,
        Ok(DeleteOutcome::Refused)
    );
    assert_eq!(test.store.contacts(&tenant().name, ids).await.unwrap().len(), 100);
}

#[tokio::test]
async fn read_costs_one_unit_for_each_key_found_or_not() {
    let test = TestStore::start().await;
    write(&test.store, &[ContactWrite::Create(contact(1))]).await;
    let store = test.store.counting();
    let ids = [1, 2, 3].map(|number| contact(number).id);
    assert_eq!(store.contacts(&tenant().name, ids).await.unwrap().len(), 1);
    let expected = if test.table.has(Difference::NoUnitsOfBatchReads) { 0.0 } else { 3.0 };
    let usage = store.usage();
    assert_eq!((usage.read_units, usage.write_units), (expected, 0.0));
}

#[tokio::test]
async fn a_table_that_is_not_there_is_an_error_that_does_not_pass() {
    let test = TestStore::start().await;
    let store = Store::new(Client::clone(&test.store.client), "no-such-table");
    let error = store.contacts(&tenant().name, [contact(1).id]).await.unwrap_err();
    assert_eq!(error, StoreError::Refused("ResourceNotFoundException".to_owned()));
}
