//! The use cases under faults of DynamoDB: throttled calls, lost responses, and batches of which a half is
//! processed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use embedded_dynamodb::{
    Fault, Faults, TABLE, in_memory_database, in_process_client, in_process_client_with,
};
use serde_json::json;

use crate::{
    context::{Deadline, OperationContext, OperationId, Usage},
    delete::{DeleteError, Deleted, Deletion, delete},
    domain::{ContactId, ContactReference, Description},
    store::{MAX_TRANSACTION_TIME, Store, StoreError, WriteOutcome},
    test_support::{by_code, by_code_and_name, context, link_id, new_contact, tenant},
    upsert::{self, Change, Effect, Item},
};

/// A store on an empty table of an embedded DynamoDB, and the faults of its calls.
struct FaultyStore {
    store: Store,
    faults: Faults,
}

impl FaultyStore {
    fn with(faults: &[(&'static str, Fault)]) -> Self {
        let scheduled = Faults::default();
        for &(operation, fault) in faults {
            scheduled.add(operation, fault);
        }
        Self { store: Store::new(in_process_client_with(&scheduled).unwrap(), TABLE), faults: scheduled }
    }

    fn assert_all_faults_happened(&self) {
        assert_eq!(self.faults.pending(), []);
    }
}

fn items(count: u128) -> Vec<Item> {
    (0..count).map(|number| new_contact(number, by_code("ACME"))).collect()
}

/// Creates contacts, checks that all outcomes say so, and returns the usage.
async fn assert_all_created(store: &Store, count: u128) -> Usage {
    let context = context();
    let outcomes = upsert::upsert(store, &tenant(), &context, &items(count)).await.unwrap();
    let is_created =
        |outcome: &upsert::Outcome| matches!(outcome, Ok(applied) if applied.effect == Effect::Created);
    assert!(outcomes.iter().all(is_created));
    context.usage()
}

#[tokio::test]
async fn throttled_and_partial_calls_are_retried_until_all_is_done() {
    let faulty = FaultyStore::with(&[
        ("BatchGetItem", Fault::Throttle),
        ("BatchGetItem", Fault::ProcessHalf),
        ("BatchGetItem", Fault::ProcessHalf),
        ("TransactWriteItems", Fault::Throttle),
        ("BatchExecuteStatement", Fault::Throttle),
        ("BatchExecuteStatement", Fault::ProcessHalf),
        ("BatchExecuteStatement", Fault::ProcessHalf),
        ("BatchExecuteStatement", Fault::ProcessHalf),
    ]);
    assert_all_created(&faulty.store, 150).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn retry_after_a_lost_connection_names_the_cause() {
    let faulty = FaultyStore::with(&[("BatchExecuteStatement", Fault::Disconnect)]);
    let usage = assert_all_created(&faulty.store, 1).await;
    faulty.assert_all_faults_happened();
    let retry = usage.last_retry.unwrap();
    assert_eq!(retry, "the store is unavailable: the connection failed: other: connection reset");
}

#[tokio::test]
async fn throttles_are_counted_per_call_key_and_statement() {
    let faulty = FaultyStore::with(&[
        ("BatchGetItem", Fault::Throttle),
        // The account and ten contacts: five are left, then two.
        ("BatchGetItem", Fault::ProcessHalf),
        ("BatchGetItem", Fault::ProcessHalf),
        ("TransactWriteItems", Fault::Throttle),
        ("BatchExecuteStatement", Fault::Throttle),
        ("BatchExecuteStatement", Fault::ProcessHalf),
        ("BatchExecuteStatement", Fault::LoseResponse),
    ]);
    let usage = assert_all_created(&faulty.store, 10).await;
    faulty.assert_all_faults_happened();
    assert_eq!(usage.throttles, 1 + 5 + 2 + 1 + 1 + 5, "what is lost isn't throttled");
    assert_eq!((usage.failed_calls, usage.retries), (4, 8));
}

#[tokio::test]
async fn create_with_a_lost_response_is_reported_as_created() {
    let faulty = FaultyStore::with(&[
        ("TransactWriteItems", Fault::LoseResponse),
        ("BatchExecuteStatement", Fault::LoseResponse),
        ("BatchExecuteStatement", Fault::LoseResponse),
    ]);
    assert_all_created(&faulty.store, 60).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn update_with_a_lost_response_is_reported_as_it_was_applied() {
    let faulty = FaultyStore::with(&[]);
    let mut describe = new_contact(0, by_code("A"));
    upsert::upsert(&faulty.store, &tenant(), &context(), &[describe.clone()]).await.unwrap();
    describe.account = None;
    describe.fields.description = Change::Set(Description::parse("1").unwrap());
    let mut shift = describe.clone();
    shift.account = Some(by_code("B"));
    faulty.faults.add("BatchExecuteStatement", Fault::LoseResponse);

    let outcomes = upsert::upsert(&faulty.store, &tenant(), &context(), &[describe, shift]).await.unwrap();

    faulty.assert_all_faults_happened();
    let accounts = ["A", "B"].map(|code| by_code(code).new_account(&tenant().name).unwrap().id);
    let applied: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(applied.iter().map(|item| item.account_id).collect::<Vec<_>>(), accounts);
    assert!(applied.iter().all(|item| item.effect == Effect::Updated), "{applied:?}");
}

#[tokio::test]
async fn long_list_with_many_lost_responses_is_all_created() {
    let faulty = FaultyStore::with(&[("BatchExecuteStatement", Fault::LoseResponse); 100]);
    assert_all_created(&faulty.store, 3_000).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn delete_with_lost_responses_returns_all_deleted_contacts() {
    let faulty = FaultyStore::with(&[("BatchExecuteStatement", Fault::Throttle)]);
    assert_all_created(&faulty.store, 150).await;
    for fault in [Fault::LoseResponse, Fault::Throttle, Fault::LoseResponse] {
        faulty.faults.add("TransactWriteItems", fault);
    }
    let mut deleted = Deleted::new();
    delete_within(&faulty, Duration::from_mins(1), 0..150, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 150);
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn contact_that_changes_during_a_long_delete_is_deleted_in_the_next_round() {
    let database = in_memory_database().unwrap();
    let (concurrent, transactions) = (database.clone(), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&transactions);
    let id = ContactId::derive(&tenant().name, link_id(0));
    let partition = format!("zegoal#CONTACT#{:x}", id.get() % 16);
    let client = in_process_client(database, move |operation, request| {
        let request = str::from_utf8(request).unwrap();
        // Another caller changes a contact between the read and the first transaction, which has it.
        if operation == "TransactWriteItems"
            && request.contains(&id.to_string())
            && counter.fetch_add(1, Relaxed) == 0
        {
            let statement = format!(
                "UPDATE \"{TABLE}\" SET \"revision\" = 'another' WHERE \"pk\" = '{partition}' AND \"sk\" = '{id}'"
            );
            let change = json!({"Statements": [{"Statement": statement}]});
            concurrent.batch_execute_statement(serde_json::from_value(change).unwrap()).unwrap();
        }
        None
    });
    let store = Store::new(client, TABLE);
    assert_all_created(&store, 1_700).await;
    let contacts = (0..1_700).map(|number| ContactReference::LinkId(link_id(number))).collect();
    let deletion = Deletion { account: by_code("ACME"), contacts, key: None };
    let (context, mut deleted) = (context(), Deleted::new());
    delete(&store, &context, &tenant(), &deletion, |_| true, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1_700);
    assert_eq!(transactions.load(Relaxed), 2, "transactions of the contact");
    assert_eq!(
        context.usage().retries,
        1,
        "nothing is started after the failure, the rest is one more round"
    );
}

/// Creates an account with a code and a name, in three writes, and returns the read and write units.
async fn units_of_an_account(scheduled: &[(&'static str, Fault)]) -> (f64, f64) {
    let faulty = FaultyStore::with(scheduled);
    let account = by_code_and_name("ACME", "Acme").new_account(&tenant().name).unwrap();
    let context = context();
    let outcome = faulty.store.create_account(&context, &tenant().name, &account).await;
    assert_eq!(outcome, Ok(WriteOutcome::Applied));
    faulty.assert_all_faults_happened();
    let usage = context.usage();
    (usage.read_units, usage.write_units)
}

#[tokio::test]
async fn replayed_transaction_is_counted_as_reads() {
    assert_eq!(units_of_an_account(&[]).await, (0.0, 6.0));
    let throttled = [("TransactWriteItems", Fault::Throttle)];
    assert_eq!(units_of_an_account(&throttled).await, (0.0, 6.0), "only the second try has an effect");
    let replayed = [("TransactWriteItems", Fault::LoseResponse)];
    assert_eq!(units_of_an_account(&replayed).await, (6.0, 0.0));
}

/// Deletes contacts, with a deadline that leaves this much time to start transactions.
async fn delete_within(
    faulty: &FaultyStore,
    time: Duration,
    numbers: impl Iterator<Item = u128>,
    deleted: &mut Deleted,
) -> Result<(), DeleteError> {
    let contacts = numbers.map(|number| ContactReference::LinkId(link_id(number))).collect();
    let deletion = Deletion { account: by_code("ACME"), contacts, key: None };
    let context =
        OperationContext::new(OperationId::new("delete"), Deadline::after(time + MAX_TRANSACTION_TIME));
    delete(&faulty.store, &context, &tenant(), &deletion, |_| true, deleted).await.map(drop)
}

#[tokio::test]
async fn refused_transaction_is_not_retried_after_its_start_deadline() {
    let faulty = FaultyStore::with(&[]);
    assert_all_created(&faulty.store, 1).await;
    for _ in 0..7 {
        faulty.faults.add("TransactWriteItems", Fault::Throttle);
    }
    let mut deleted = Deleted::new();
    let result = delete_within(&faulty, Duration::from_millis(500), 0..1, &mut deleted).await;
    assert!(matches!(result, Err(DeleteError::Store(StoreError::Unavailable(_)))), "{result:?}");
    assert!(deleted.is_empty());
    faulty.faults.clear();
    delete_within(&faulty, Duration::from_mins(1), 0..1, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
}

#[tokio::test]
async fn lost_transaction_is_retried_after_its_start_deadline() {
    let faulty = FaultyStore::with(&[]);
    assert_all_created(&faulty.store, 1).await;
    for _ in 0..2 {
        faulty.faults.add("TransactWriteItems", Fault::LoseResponse);
    }
    for _ in 0..6 {
        faulty.faults.add("TransactWriteItems", Fault::Throttle);
    }
    let mut deleted = Deleted::new();
    delete_within(&faulty, Duration::from_millis(500), 0..1, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
    faulty.assert_all_faults_happened();
}
