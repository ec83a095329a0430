//! Guarantees of the store for contacts, on a real DynamoDB.

use embedded_dynamodb::Difference;

use aws_sdk_dynamodb::Client;

use super::*;
use crate::{
    domain::{AccountId, Contact, ContactId, ContactName, ContactType, MobileNumber},
    test_support::{TestStore, context, link_id, tenant},
};

fn contact(number: u128) -> Contact {
    Contact {
        id: ContactId::derive(&tenant().name, link_id(number)),
        link_id: link_id(number),
        account: AccountId::parse("3").unwrap(),
        name: ContactName::parse("Ann").unwrap(),
        mobile_number: MobileNumber::parse("067_1").unwrap(),
        contact_type: ContactType::default(),
        email: None,
        description: None,
    }
}

fn write_of(before: Option<StoredContact>, after: Contact) -> ContactWrite {
    ContactWrite::new(before, after, context().id().clone())
}

async fn write(store: &Store, writes: &[ContactWrite]) -> Vec<WriteOutcome> {
    store.write_contacts(&context(), &tenant().name, writes).await.unwrap()
}

async fn read(store: &Store, number: u128) -> Option<StoredContact> {
    let id = contact(number).id;
    store.contacts(&context(), &tenant().name, [id]).await.unwrap().remove(&id)
}

#[tokio::test]
async fn contact_is_created_only_once() {
    let test = TestStore::start().await;
    let create = [write_of(None, contact(1))];
    assert_eq!(write(&test.store, &create).await, [WriteOutcome::Applied]);
    assert_eq!(write(&test.store, &create).await, [WriteOutcome::ConditionFailed]);
}

#[tokio::test]
async fn writes_of_a_batch_have_their_own_outcomes_in_order() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(30))]).await;
    let writes: Vec<_> = (0..60).map(|number| write_of(None, contact(number))).collect();
    let outcomes = write(&test.store, &writes).await;
    let refused: Vec<_> =
        (0..60).filter(|number| outcomes[*number] == WriteOutcome::ConditionFailed).collect();
    assert_eq!(refused, [30]);
}

#[tokio::test]
async fn contact_changed_since_its_read_is_not_written_or_deleted() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(1))]).await;
    let before = read(&test.store, 1).await.unwrap();
    let after = Contact { name: ContactName::parse("Bob").unwrap(), ..contact(1) };
    let change = [write_of(Some(before.clone()), after)];
    assert_eq!(write(&test.store, &change).await, [WriteOutcome::Applied]);
    assert_eq!(write(&test.store, &change).await, [WriteOutcome::ConditionFailed]);
    let deleted = test.store.delete_contacts(&context(), &tenant().name, &[&before], None).await;
    assert_eq!(deleted, Ok(WriteOutcome::ConditionFailed));
    assert_eq!(read(&test.store, 1).await.unwrap().contact.name.as_str(), "Bob");
}

#[tokio::test]
async fn contact_that_was_recreated_has_another_revision() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(1))]).await;
    let before = read(&test.store, 1).await.unwrap();
    let deleted = test.store.delete_contacts(&context(), &tenant().name, &[&before], None).await;
    assert_eq!(deleted, Ok(WriteOutcome::Applied));
    write(&test.store, &[write_of(None, contact(1))]).await;
    let again = test.store.delete_contacts(&context(), &tenant().name, &[&before], None).await;
    assert_eq!(again, Ok(WriteOutcome::ConditionFailed));
}

#[tokio::test]
async fn contacts_are_deleted_together_or_not_at_all() {
    let test = TestStore::start().await;
    let writes: Vec<_> = (0..100).map(|number| write_of(None, contact(number))).collect();
    write(&test.store, &writes).await;
    let ids: Vec<_> = (0..100).map(|number| contact(number).id).collect();
    let stored = test.store.contacts(&context(), &tenant().name, ids.iter().copied()).await.unwrap();
    let after = Contact { name: ContactName::parse("Bob").unwrap(), ..contact(99) };
    write(&test.store, &[write_of(Some(stored[&ids[99]].clone()), after)]).await;
    let all: Vec<_> = ids.iter().map(|id| &stored[id]).collect();
    assert_eq!(
        test.store.delete_contacts(&context(), &tenant().name, &all, None).await,
        Ok(WriteOutcome::ConditionFailed)
    );
    assert_eq!(test.store.contacts(&context(), &tenant().name, ids).await.unwrap().len(), 100);
}

#[tokio::test]
async fn read_costs_one_unit_per_key_found_or_not() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(1))]).await;
    let context = context();
    let ids = [1, 2, 3].map(|number| contact(number).id);
    assert_eq!(test.store.contacts(&context, &tenant().name, ids).await.unwrap().len(), 1);
    let expected = if test.table.has(Difference::NoUnitsOfBatchReads) { 0.0 } else { 3.0 };
    let usage = context.usage();
    assert_eq!((usage.read_units, usage.write_units), (expected, 0.0));
}

#[tokio::test]
async fn missing_table_is_not_a_transient_error() {
    let test = TestStore::start().await;
    let store = Store::new(Client::clone(test.store.client()), "no-such-table");
    let error = store.contacts(&context(), &tenant().name, [contact(1).id]).await.unwrap_err();
    assert_eq!(error, StoreError::Refused("ResourceNotFoundException".to_owned()));
}
