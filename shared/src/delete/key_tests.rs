//! Tests of idempotency keys on a real store: what a repeated delete answers, what binds a key, and what that costs.

use std::{
    cmp::Ordering,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use embedded_dynamodb::{Fault, TABLE, in_memory_database, in_process_client};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::*;
use crate::{
    context::{Mode, OperationContext, Usage},
    domain::{BodyDigest, Contact, ContactReference, Description, IdempotencyKey},
    store::{Kept, KeyBinding, Store},
    test_support::{TestStore, by_code, context, link_id, new_contact, tenant},
    upsert::{Change, upsert},
};

async fn store_contacts(store: &Store, count: u128, description: &str) {
    let items: Vec<_> = (0..count)
        .map(|number| {
            let mut item = new_contact(number, by_code("A"));
            item.fields.description = Change::Set(Description::parse(description).unwrap());
            item
        })
        .collect();
    for outcome in upsert(store, &tenant(), &context(), &items).await.unwrap() {
        outcome.unwrap();
    }
}

/// A deletion of contacts with these numbers, with a key.
fn deletion(count: u128, kept: Kept) -> Deletion {
    let body = BodyDigest::of(b"the body");
    let binding = KeyBinding { key: IdempotencyKey::parse("a-key").unwrap(), body };
    Deletion {
        account: by_code("A"),
        contacts: (0..count).map(|number| ContactReference::LinkId(link_id(number))).collect(),
        key: Some(DeletionKey { binding, kept }),
    }
}

/// The result, the deleted contacts, and what finding them out consumed.
type Run = (Result<Completed, DeleteError>, Vec<Contact>, Usage);

async fn run_in(context: &OperationContext, store: &Store, deletion: &Deletion) -> Run {
    let mut deleted = Deleted::new();
    let work = delete(store, context, &tenant(), deletion, |_| true, &mut deleted).await;
    (work, deleted.into_values().collect(), context.usage())
}

async fn run(store: &Store, deletion: &Deletion) -> Run {
    run_in(&context(), store, deletion).await
}

#[tokio::test]
async fn repeated_delete_is_answered_as_the_first_time() {
    for count in [1, 98, 99, 250] {
        let test = TestStore::start().await;
        store_contacts(&test.store, count, "x").await;
        let deletion = deletion(count, Kept::Contacts);
        let (first, deleted, _) = run(&test.store, &deletion).await;
        assert_eq!(deleted.len() as u128, count);
        assert!(first.as_ref().unwrap().processing_date.is_some());
        let (again, deleted_again, usage) = run(&test.store, &deletion).await;
        assert_eq!((again, deleted_again), (first, deleted), "{count}");
        assert!(usage.write_units.abs() < f64::EPSILON);
    }
}

#[tokio::test]
async fn repeated_delete_spares_contacts_that_were_created_since() {
    let test = TestStore::start().await;
    store_contacts(&test.store, 3, "x").await;
    let deletion = deletion(3, Kept::Contacts);
    let first = run(&test.store, &deletion).await;
    store_contacts(&test.store, 3, "created since").await;
    let again = run(&test.store, &deletion).await;
    assert_eq!((again.0, again.1), (first.0, first.1));
    let unkeyed = Deletion { key: None, ..deletion };
    assert_eq!(run(&test.store, &unkeyed).await.1.len(), 3, "they are still there");
}

#[tokio::test]
async fn message_that_is_delivered_again_is_done() {
    for count in [3, 250] {
        let test = TestStore::start().await;
        store_contacts(&test.store, count, "a secret").await;
        let deletion = deletion(count, Kept::Ids);
        assert!(run(&test.store, &deletion).await.0.is_ok());
        let (again, deleted, _) = run(&test.store, &deletion).await;
        assert!(again.is_ok() && deleted.is_empty());
        let items = test.store.client().scan().table_name(test.table.name()).send().await.unwrap().items;
        assert!(!format!("{items:?}").contains("a secret"), "nothing of their content is kept");
    }
}

#[tokio::test]
async fn key_with_another_body_is_refused() {
    let test = TestStore::start().await;
    store_contacts(&test.store, 3, "x").await;
    run(&test.store, &deletion(2, Kept::Contacts)).await.0.unwrap();
    let mut other = deletion(3, Kept::Contacts);
    other.key.as_mut().unwrap().binding.body = BodyDigest::of(b"another body");
    other.account = by_code("unknown");
    assert_eq!(run(&test.store, &other).await.0, Err(DeleteError::KeyReused));
}

#[tokio::test]
async fn expired_key_is_free_before_its_record_is_removed() {
    let test = TestStore::start().await;
    store_contacts(&test.store, 2, "x").await;
    let mut deletion = deletion(1, Kept::Contacts);
    assert_eq!(run(&test.store, &deletion).await.1.len(), 1);
    test.expire_keys().await;
    deletion.key.as_mut().unwrap().binding.body = BodyDigest::of(b"another body");
    deletion.contacts = vec![ContactReference::LinkId(link_id(1))];
    let (first, deleted, _) = run(&test.store, &deletion).await;
    assert!(first.is_ok(), "{first:?}");
    assert_eq!(deleted.iter().map(|contact| contact.link_id).collect::<Vec<_>>(), [link_id(1)]);
    let (again, deleted_again, _) = run(&test.store, &deletion).await;
    assert_eq!((again, deleted_again), (first, deleted));
}

#[tokio::test]
async fn refused_delete_binds_no_key() {
    let test = TestStore::start().await;
    store_contacts(&test.store, 2, "x").await;
    let mut other = deletion(3, Kept::Contacts);
    other.key.as_mut().unwrap().binding.body = BodyDigest::of(b"another body");
    assert_eq!(run(&test.store, &other).await.0, Err(DeleteError::NotAllFound));
    let mut validated = context();
    validated.set_mode(Mode::ValidateOnly);
    assert_eq!(run_in(&validated, &test.store, &deletion(2, Kept::Contacts)).await.1.len(), 2);
    other.contacts.truncate(2);
    assert_eq!(run(&test.store, &other).await.1.len(), 2);
}

#[tokio::test]
async fn contacts_of_long_descriptions_are_kept_in_several_parts() {
    let test = TestStore::start().await;
    // 98 contacts of 8 KB exceed the 400 KB of an item.
    store_contacts(&test.store, 98, &"\u{1f642}".repeat(2_048)).await;
    let deletion = deletion(98, Kept::Contacts);
    let (first, deleted, _) = run(&test.store, &deletion).await;
    assert_eq!(deleted.len(), 98);
    let (again, deleted_again, _) = run(&test.store, &deletion).await;
    assert_eq!((again, deleted_again), (first, deleted));
}

#[tokio::test]
async fn delete_with_a_key_that_fits_one_transaction_takes_one_round_trip_more() {
    let test = TestStore::start().await;
    store_contacts(&test.store, 99, "x").await;
    let (_, _, plain) = run(&test.store, &Deletion { key: None, ..deletion(1, Kept::Ids) }).await;
    assert_eq!(plain.round_trips, 2);
    let mut keyed = deletion(99, Kept::Contacts);
    keyed.contacts.remove(0);
    let (result, _, usage) = run(&test.store, &keyed).await;
    result.unwrap();
    assert_eq!(usage.round_trips, 3);
    // Two units for each contact, the record, and each KB of the part.
    assert!(usage.write_units <= 196.0 + 2.0 + 2.0 * 20.0, "{usage:?}");
}

#[tokio::test]
async fn concurrent_repeats_have_one_effect_and_hear_the_same() {
    for count in [10, 300] {
        let test = TestStore::start().await;
        store_contacts(&test.store, count, "x").await;
        let deletion = deletion(count, Kept::Contacts);
        let runs = join_all((0..4).map(|_| run(&test.store, &deletion))).await;
        for (result, deleted, _) in &runs {
            assert_eq!((result, deleted), (&runs[0].0, &runs[0].1));
            assert!(result.is_ok() && deleted.len() as u128 == count);
        }
    }
}

#[tokio::test]
async fn repeat_that_reads_after_the_delete_is_answered_alike() {
    for (count, kept) in [(2, Kept::Contacts), (2, Kept::Ids), (150, Kept::Contacts)] {
        let database = in_memory_database().unwrap();
        let store = Store::new(in_process_client(database.clone(), |_, _| None), TABLE);
        store_contacts(&store, count, "x").await;
        // The repeat has read that there is no record, and waits for the contacts until the delete is done.
        let (is_waiting, is_done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (waits, done) = (Arc::clone(&is_waiting), Arc::clone(&is_done));
        let slow = in_process_client(database, move |operation, request| {
            let reads_contacts =
                operation == "BatchGetItem" && String::from_utf8_lossy(request).contains("#CONTACT#");
            if !reads_contacts || done.load(Relaxed) {
                return None;
            }
            waits.store(true, Relaxed);
            Some(Fault::Throttle)
        });
        let (slow, deletion) = (Store::new(slow, TABLE), deletion(count, kept));
        let first = async {
            while !is_waiting.load(Relaxed) {
                sleep(Duration::from_millis(1)).await;
            }
            let first = run(&store, &deletion).await;
            is_done.store(true, Relaxed);
            first
        };
        let (repeat, first) = tokio::join!(run(&slow, &deletion), first);
        assert_eq!((&repeat.0, first.1.len() as u128), (&first.0, count), "{kept:?}");
        assert!(kept == Kept::Ids || repeat.1 == first.1);
    }
}

#[tokio::test]
async fn date_of_a_delete_is_that_of_the_request_that_completed_it() {
    let database = in_memory_database().unwrap();
    let concurrent = database.clone();
    let client = in_process_client(database, move |_, request| {
        // A repeated request completes the delete first.
        if str::from_utf8(request).unwrap().contains("attribute_not_exists(processing_date)") {
            let mut other: Value = serde_json::from_slice(request).unwrap();
            other["ClientRequestToken"] = json!("another");
            other["TransactItems"][0]["Put"]["Item"]["processing_date"] = json!({"S": "earlier"});
            concurrent.transact_write_items(serde_json::from_value(other).unwrap()).unwrap();
        }
        None
    });
    let store = Store::new(client, TABLE);
    store_contacts(&store, 99, "x").await;
    let (result, ..) = run(&store, &deletion(99, Kept::Contacts)).await;
    assert_eq!(result, Ok(Completed { processing_date: Some("earlier".to_owned()) }));
}

/// A store at which one call fails, and those after it are throttled, until that ends.
struct InterruptedStore {
    store: Store,
    /// The number of the call that fails.
    failing: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

/// Nothing fails.
const NEVER: usize = usize::MAX;

impl InterruptedStore {
    fn new(fault: Fault) -> Self {
        let (failing, calls) = (Arc::new(AtomicUsize::new(NEVER)), Arc::new(AtomicUsize::new(0)));
        let (at, counter) = (Arc::clone(&failing), Arc::clone(&calls));
        let client = in_process_client(in_memory_database().unwrap(), move |_, _| {
            match counter.fetch_add(1, Relaxed).cmp(&at.load(Relaxed)) {
                Ordering::Less => None,
                Ordering::Equal => Some(fault),
                Ordering::Greater => Some(Fault::Throttle),
            }
        });
        Self { store: Store::new(client, TABLE), failing, calls }
    }

    /// Runs `work` until it is given up, with a fault at its call of this number. Returns whether the fault happened.
    async fn interrupt(&self, call: usize, work: impl Future<Output = Run>) -> bool {
        self.calls.store(0, Relaxed);
        self.failing.store(call, Relaxed);
        let finished = timeout(Duration::from_millis(60), work).await.is_ok();
        self.failing.store(NEVER, Relaxed);
        !finished
    }
}

#[tokio::test]
async fn delete_that_was_interrupted_at_any_call_is_finished_by_its_repeat() {
    for (fault, kept) in [
        (Fault::LoseResponse, Kept::Contacts),
        (Fault::Throttle, Kept::Contacts),
        (Fault::LoseResponse, Kept::Ids),
    ] {
        for call in 0.. {
            let test = InterruptedStore::new(fault);
            store_contacts(&test.store, 250, "x").await;
            let deletion = deletion(250, kept);
            if !test.interrupt(call, Box::pin(run(&test.store, &deletion))).await {
                assert!(
                    call >= 8,
                    "a read of the account, the record and the contacts, transactions, completion"
                );
                break;
            }
            let (result, deleted, _) = run(&test.store, &deletion).await;
            assert!(result.is_ok(), "{fault:?} at call {call}: {result:?}");
            if kept == Kept::Contacts {
                assert_eq!(deleted.len(), 250, "{fault:?} at call {call}");
                assert_eq!(run(&test.store, &deletion).await.1, deleted);
            }
            let gone = Deletion { key: None, ..deletion };
            assert_eq!(run(&test.store, &gone).await.0, Err(DeleteError::NoneFound));
        }
    }
}
