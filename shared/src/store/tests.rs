//! Guarantees of the store for contacts and idempotency keys, and what calls cost, on a real DynamoDB.

use std::collections::HashSet;

use aws_sdk_dynamodb::Client;
use embedded_dynamodb::{
    Database, Fault, Faults, TABLE, in_memory_database, in_process_client, in_process_client_with,
};
use futures_util::TryStreamExt;
use serde_json::json;

use super::{key_record::record_key, keys::Key, query::Partition, *};
use crate::{
    context::OperationId,
    domain::{
        AccountId, BodyDigest, Contact, ContactId, ContactName, ContactType, IdempotencyKey, MobileNumber,
        Right,
    },
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
    let usage = context.usage();
    assert_eq!((usage.read_units, usage.write_units), (test.units_of_batch_reads(3.0), 0.0));
}

#[tokio::test]
async fn query_of_a_small_partition_costs_one_unit() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(1))]).await;
    let context = context();
    let key = Key::contact(&tenant().name, contact(1).id).pk;
    let items = test.store.all_of(&context, &Partition { key, ..Partition::default() }).await.unwrap();
    let usage = context.usage();
    assert_eq!((items.len(), usage.read_units, usage.write_units), (1, 1.0, 0.0));
}

#[tokio::test]
async fn missing_table_is_not_a_transient_error() {
    let test = TestStore::start().await;
    assert_eq!(test.store.ping().await, Ok(()));
    let store = Store::new(Client::clone(test.store.client()), "no-such-table");
    let refused = StoreError::Refused("ResourceNotFoundException".to_owned());
    let read = store.contacts(&context(), &tenant().name, [contact(1).id]).await;
    assert_eq!((read.unwrap_err(), store.ping().await.unwrap_err()), (refused.clone(), refused));
}

#[tokio::test]
async fn unprocessed_deletes_are_sent_again() {
    let faults = Faults::default();
    let store = Store::new(in_process_client_with(&faults).unwrap(), TABLE);
    let writes: Vec<_> = (0..60).map(|number| write_of(None, contact(number))).collect();
    write(&store, &writes).await;
    for _ in 0..5 {
        faults.add("BatchWriteItem", Fault::ProcessHalf);
    }
    let removed: Vec<_> = store.remove_data(&tenant().name).try_collect().await.unwrap();
    assert_eq!(removed.iter().sum::<usize>(), 60);
    assert_eq!(faults.pending(), []);
    let left: Vec<_> = store.all_contacts(&context(), &tenant().name, None).try_concat().await.unwrap();
    assert_eq!(left, []);
}

fn binding(text: &str) -> KeyBinding {
    KeyBinding { key: IdempotencyKey::of_message(text), body: BodyDigest::of(text.as_bytes()) }
}

async fn bind(store: &Store, bindings: &[KeyBinding]) -> Result<BindOutcome, StoreError> {
    store.bind_keys(&context(), &tenant().name, Right::Upsert, bindings).await
}

#[tokio::test]
async fn each_key_is_bound_to_an_operation_of_its_own() {
    let test = TestStore::start().await;
    // More than a batch of statements, and more than there are buckets.
    let bindings: Vec<_> = (0..40).map(|number| binding(&number.to_string())).collect();
    let first = bind(&test.store, &bindings).await.unwrap();
    let BindOutcome::Bound(operations) = &first else { panic!("{first:?}") };
    assert_eq!(operations.iter().map(OperationId::as_str).collect::<HashSet<_>>().len(), 40);
    assert_eq!(bind(&test.store, &bindings).await, Ok(first));
}

#[tokio::test]
async fn part_of_a_delete_belongs_to_one_operation_of_one_key() {
    let test = TestStore::start().await;
    write(&test.store, &[write_of(None, contact(1))]).await;
    let before = read(&test.store, 1).await.unwrap();
    let bucket = |binding: &KeyBinding| record_key(&tenant().name, Right::Delete, &binding.key).pk;
    let own = binding("m");
    let mut others = (0..).map(|number: u32| binding(&number.to_string()));
    let other = others.find(|other| bucket(other) == bucket(&own)).unwrap();
    let (operation, record) = (context().id().clone(), None);
    let part = DeletionPart { binding: &own, operation: operation.clone(), kept: Kept::Ids, record };
    let deleted = test.store.delete_contacts(&context(), &tenant().name, &[&before], Some(&part)).await;
    assert_eq!(deleted, Ok(WriteOutcome::Applied));
    for (binding, operation, count) in
        [(&own, &operation, 1), (&own, context().id(), 0), (&other, &operation, 0)]
    {
        let parts = test.store.deleted_parts(&context(), &tenant().name, binding, operation).await.unwrap();
        assert_eq!(parts.len(), count, "{binding:?} {operation:?}");
    }
}

fn execute(database: &Database, statement: &str) {
    let statements = json!({"Statements": [{"Statement": statement}]});
    database.batch_execute_statement(serde_json::from_value(statements).unwrap()).unwrap();
}

#[tokio::test]
async fn expired_record_can_be_removed_while_it_is_replaced() {
    let binding = binding("m");
    let Key { pk, sk } = record_key(&tenant().name, Right::Upsert, &binding.key);
    let is_record = format!("WHERE \"pk\" = '{pk}' AND \"sk\" = '{sk}'");
    let database = in_memory_database().unwrap();
    let store = Store::new(in_process_client(database.clone(), |_, _| None), TABLE);
    let first = bind(&store, std::slice::from_ref(&binding)).await;
    execute(&database, &format!("UPDATE \"{TABLE}\" SET \"time_to_live\" = 1000 {is_record}"));
    let (concurrent, removal) = (database.clone(), format!("DELETE FROM \"{TABLE}\" {is_record}"));
    let client = in_process_client(database, move |_, request| {
        // DynamoDB removes the record between the read and the replacement.
        if str::from_utf8(request).unwrap().contains("UPDATE") {
            execute(&concurrent, &removal);
        }
        None
    });
    let second = bind(&Store::new(client, TABLE), &[binding]).await;
    assert!(matches!(second, Ok(BindOutcome::Bound(_))), "{second:?}");
    assert_ne!(second, first);
}
