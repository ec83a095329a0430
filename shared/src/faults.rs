//! The use cases under faults of DynamoDB: throttled calls, lost responses, and batches of which a half is
//! processed.

use std::time::{Duration, SystemTime};

use embedded_dynamodb::{Fault, Faults, TABLE, in_memory_database, in_process_client};
use lambda_http::Context;
use serde_json::json;

use crate::{
    body::UpsertBody,
    delete::{BeginBy, DeleteError, Deleted, Deletion, Selector, delete},
    operation::{Call, Failure, TimeLimit},
    store::{Store, StoreError},
    test_support::{by_code, by_code_and_name, link_id, new_contact, operation, tenant},
    upsert::{Item, State as Done, upsert},
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
        let faults = scheduled.clone();
        let client =
            in_process_client(in_memory_database().unwrap(), move |operation| faults.take(operation));
        Self { store: Store::new(client, TABLE), faults: scheduled }
    }

    fn assert_all_faults_happened(&self) {
        assert_eq!(self.faults.pending(), []);
    }
}

fn items(count: u128) -> Vec<Item> {
    (0..count).map(|number| new_contact(number, by_code("ACME"))).collect()
}

async fn assert_all_created(store: &Store, count: u128) {
    let outcomes = upsert(store, &tenant(), &operation(), &items(count)).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|done| done.state == Done::Created)));
}

#[tokio::test]
async fn throttled_and_half_done_calls_are_made_again_until_every_contact_is_created() {
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
async fn what_dynamodb_throttled_is_counted_call_by_call_key_by_key_and_statement_by_statement() {
    let faulty = FaultyStore::with(&[
        ("BatchGetItem", Fault::Throttle),
        // The account's one key: there is no half to leave out.
        ("BatchGetItem", Fault::ProcessHalf),
        ("TransactWriteItems", Fault::Throttle),
        ("BatchGetItem", Fault::ProcessHalf),
        ("BatchExecuteStatement", Fault::Throttle),
        ("BatchExecuteStatement", Fault::ProcessHalf),
        ("BatchExecuteStatement", Fault::LoseResponse),
    ]);
    let store = faulty.store.counting();
    assert_all_created(&store, 10).await;
    faulty.assert_all_faults_happened();
    let usage = store.usage();
    assert_eq!(usage.throttles, 1 + 1 + 5 + 1 + 5, "what is lost isn't throttled");
    assert_eq!((usage.failed_calls, usage.retries), (4, 7));
}

#[tokio::test]
async fn a_contact_is_created_though_the_answer_that_said_so_was_lost() {
    let faulty = FaultyStore::with(&[
        ("TransactWriteItems", Fault::LoseResponse),
        ("BatchExecuteStatement", Fault::LoseResponse),
        ("BatchExecuteStatement", Fault::LoseResponse),
    ]);
    assert_all_created(&faulty.store, 60).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn contacts_of_a_long_list_are_created_though_many_answers_that_said_so_were_lost() {
    let faulty = FaultyStore::with(&[("BatchExecuteStatement", Fault::LoseResponse); 100]);
    let store = faulty.store.counting();
    assert_all_created(&store, 3_000).await;
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn a_delete_tells_what_it_deleted_though_the_answer_that_said_so_was_lost() {
    let faulty = FaultyStore::with(&[("BatchExecuteStatement", Fault::Throttle)]);
    assert_all_created(&faulty.store, 150).await;
    for fault in [Fault::LoseResponse, Fault::Throttle, Fault::LoseResponse] {
        faulty.faults.add("TransactWriteItems", fault);
    }
    let contacts = (0..150).map(|number| Selector::LinkId(link_id(number))).collect();
    let deletion = Deletion { account: by_code("ACME"), contacts, room: usize::MAX };
    let mut deleted = Deleted::new();
    let begin_by = BeginBy::now() + Duration::from_mins(1);
    delete(&faulty.store, &tenant().name, &deletion, begin_by, &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 150);
    faulty.assert_all_faults_happened();
}

/// What creating an account by its code and its name, three writes, is counted as: read and write units.
async fn units_of_an_account(to_come: &[(&'static str, Fault)]) -> (f64, f64) {
    let faulty = FaultyStore::with(to_come);
    let account = by_code_and_name("ACME", "Acme").new_account(&tenant().name).unwrap();
    let store = faulty.store.counting();
    assert!(store.create_account(&tenant().name, &account).await.unwrap());
    faulty.assert_all_faults_happened();
    let usage = store.usage();
    (usage.read_units, usage.write_units)
}

#[tokio::test]
async fn replayed_transaction_is_counted_as_reads() {
    assert_eq!(units_of_an_account(&[]).await, (0.0, 6.0));
    let throttled = [("TransactWriteItems", Fault::Throttle)];
    assert_eq!(units_of_an_account(&throttled).await, (0.0, 6.0), "the second try is the first that is done");
    let replayed = [("TransactWriteItems", Fault::LoseResponse)];
    assert_eq!(units_of_an_account(&replayed).await, (6.0, 0.0));
}

/// Deletes the first contact, with so much time left to begin its transaction in.
async fn delete_within(
    faulty: &FaultyStore,
    left: Duration,
    deleted: &mut Deleted,
) -> Result<(), DeleteError> {
    let contacts = vec![Selector::LinkId(link_id(0))];
    let deletion = Deletion { account: by_code("ACME"), contacts, room: usize::MAX };
    delete(&faulty.store, &tenant().name, &deletion, BeginBy::now() + left, deleted).await
}

#[tokio::test]
async fn a_transaction_that_was_refused_is_not_tried_again_when_its_end_would_not_be_heard() {
    let faulty = FaultyStore::with(&[]);
    assert_all_created(&faulty.store, 1).await;
    for _ in 0..7 {
        faulty.faults.add("TransactWriteItems", Fault::Throttle);
    }
    let mut deleted = Deleted::new();
    let result = delete_within(&faulty, Duration::from_millis(500), &mut deleted).await;
    assert!(matches!(result, Err(DeleteError::Store(StoreError::Unavailable(_)))), "{result:?}");
    assert!(deleted.is_empty());
    faulty.faults.clear();
    delete_within(&faulty, Duration::from_mins(1), &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_tried_again_at_any_time_to_hear_how_it_ended() {
    let faulty = FaultyStore::with(&[]);
    assert_all_created(&faulty.store, 1).await;
    faulty.faults.add("TransactWriteItems", Fault::LoseResponse);
    for _ in 0..6 {
        faulty.faults.add("TransactWriteItems", Fault::Throttle);
    }
    let mut deleted = Deleted::new();
    delete_within(&faulty, Duration::from_millis(500), &mut deleted).await.unwrap();
    assert_eq!(deleted.len(), 1);
    faulty.assert_all_faults_happened();
}

#[tokio::test]
async fn a_request_that_can_not_finish_says_so_a_second_before_its_time_is_up() {
    let faulty = FaultyStore::with(&[]);
    faulty.faults.add_for_every_call(Fault::Throttle);
    let begun = SystemTime::now();
    let deadline = begun + Duration::from_millis(1_800);
    let mut context = Context::default();
    let since_epoch = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    context.deadline = u64::try_from(since_epoch.as_millis()).unwrap();
    let (tenant, id) = (tenant(), operation());
    let call = Call { store: &faulty.store, tenant: &tenant, id: &id, limit: TimeLimit::of(&context) };
    let body =
        json!({"list_items": [{"link_id": link_id(1).to_string(), "contact_name": "Ann"}]}).to_string();
    let body = UpsertBody::read(body.as_bytes()).unwrap();

    let result = call.upsert(&body).await;

    assert!(matches!(result, Err(Failure::Busy(_))));
    let left = deadline.duration_since(SystemTime::now()).unwrap();
    assert!(left >= Duration::from_secs(1), "{left:?}");

    faulty.faults.clear();
    assert_all_created(&faulty.store, 1).await;
}
