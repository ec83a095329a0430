//! Tests of idempotency keys on a real store: what a repeated upsert answers and applies, what binds a key, and what that
//! costs.

use std::time::Duration;

use embedded_dynamodb::{Fault, Faults, TABLE, in_process_client_with};
use futures_util::future::try_join_all;

use super::{tests, tests::validate, *};
use crate::{
    context::{Deadline, Mode, OperationContext, OperationId, Usage},
    delete::{Deleted, Deletion, delete},
    domain::{
        Account, AccountId, BodyDigest, ContactId, ContactName, ContactReference, Description,
        IdempotencyKey, LinkId, MobileNumber,
    },
    store::{KeyBinding, Store, WriteOutcome},
    test_support::{TestStore, by_code, by_id, by_name, context, link_id, new_contact, tenant},
};

/// A key with a body of this text.
fn key(id: &str, body: &str) -> KeyBinding {
    KeyBinding { key: IdempotencyKey::of_message(id), body: BodyDigest::of(body.as_bytes()) }
}

/// Upserts lists, each with the key of its message.
async fn upsert_messages(
    store: &Store,
    messages: &[(&str, &[Item])],
) -> Result<(Vec<Outcome>, Usage), UpsertError> {
    let mut items = Vec::new();
    let mut sections = Vec::new();
    for (id, list) in messages {
        items.extend_from_slice(list);
        sections.push(Section { end: items.len(), key: Some(key(id, "the body")) });
    }
    let context = context();
    let outcomes = upsert_sections(store, &tenant(), &context, &items, &sections).await?;
    Ok((outcomes, context.usage()))
}

async fn run(store: &Store, id: &str, items: &[Item]) -> Vec<Outcome> {
    upsert_messages(store, &[(id, items)]).await.unwrap().0
}

fn effects(outcomes: &[Outcome]) -> Vec<Option<Effect>> {
    outcomes.iter().map(|outcome| outcome.as_ref().ok().map(|applied| applied.effect)).collect()
}

fn named(number: u128, name: &str) -> Item {
    let mut item = new_contact(number, by_code("ACME"));
    item.fields.name = ContactName::parse(name).ok();
    item
}

async fn name_of(store: &Store, number: u128) -> Option<String> {
    let id = ContactId::derive(&tenant().name, link_id(number));
    let mut stored = store.contacts(&context(), &tenant().name, [id]).await.unwrap();
    stored.remove(&id).map(|stored| stored.contact.name.as_str().to_owned())
}

#[tokio::test]
async fn repeated_upsert_is_created_again_and_keeps_later_changes() {
    let test = TestStore::start().await;
    let items = [named(1, "Ann"), named(1, "Anna"), named(2, "Bob")];
    let first = run(&test.store, "m", &items).await;
    tests::run(&test.store, &[named(1, "Changed since")]).await;
    for store in [&test.store, &test.cold_store()] {
        assert_eq!(run(store, "m", &items).await, first);
    }
    assert_eq!(effects(&first), [Effect::Created, Effect::Updated, Effect::Created].map(Some));
    assert_eq!(name_of(&test.store, 1).await.as_deref(), Some("Changed since"));
    // The same with another key is another operation.
    assert_eq!(effects(&run(&test.store, "n", &items[2..]).await), [Some(Effect::Unchanged)]);
}

#[tokio::test]
async fn long_list_that_is_repeated_with_its_key_is_only_read() {
    let test = TestStore::start().await;
    let list = tests::long_list();
    run(&test.store, "m", &list).await;
    let (outcomes, usage) = upsert_messages(&test.store, &[("m", &list)]).await.unwrap();
    assert_eq!(effects(&outcomes), vec![Some(Effect::Created); list.len()]);
    // One read for each chunk of 100 contacts, and two calls for the key.
    assert_eq!(usage.round_trips as usize, list.len() / 100 + 2);
}

#[tokio::test]
async fn items_that_did_not_create_apply_anew() {
    let test = TestStore::start().await;
    tests::run(&test.store, &[named(1, "Ann")]).await;
    let items = [named(1, "Anna")];
    assert_eq!(effects(&run(&test.store, "m", &items).await), [Some(Effect::Updated)]);
    assert_eq!(effects(&run(&test.store, "m", &items).await), [Some(Effect::Unchanged)]);
    tests::run(&test.store, &[named(1, "Changed since")]).await;
    assert_eq!(effects(&run(&test.store, "m", &items).await), [Some(Effect::Updated)]);
}

#[tokio::test]
async fn contact_that_was_deleted_since_is_created_anew() {
    let test = TestStore::start().await;
    let items = [named(1, "Ann")];
    run(&test.store, "m", &items).await;
    let deletion = Deletion {
        account: by_code("ACME"),
        contacts: vec![ContactReference::LinkId(link_id(1))],
        key: None,
    };
    let mut deleted = Deleted::new();
    delete(&test.store, &context(), &tenant(), &deletion, |_| true, &mut deleted).await.unwrap();
    assert_eq!(effects(&run(&test.store, "m", &items).await), [Some(Effect::Created)]);
    assert_eq!(name_of(&test.store, 1).await.as_deref(), Some("Ann"));
}

#[tokio::test]
async fn key_with_another_body_is_refused_and_nothing_is_written() {
    let test = TestStore::start().await;
    run(&test.store, "m", &[named(1, "Ann")]).await;
    let items = [named(2, "Bob"), new_contact(3, by_code("NEW"))];
    let sections = [Section { end: 2, key: Some(key("m", "another body")) }];
    let context = context();
    let refused = upsert_sections(&test.store, &tenant(), &context, &items, &sections).await;
    assert_eq!(refused, Err(UpsertError::KeyReused));
    // DynamoDB charges for the record that was refused.
    assert!(context.usage().write_units <= 1.0, "{:?}", context.usage());
    assert_eq!(name_of(&test.store, 2).await, None);
    let new = test.store.look_up_accounts(&context, &tenant().name, [&by_code("NEW")]).await.unwrap();
    assert!(new.codes.is_empty());
}

#[tokio::test]
async fn key_costs_one_write_unit_and_one_round_trip() {
    let test = TestStore::start().await;
    run(&test.store, "before", &[named(0, "Ann")]).await;
    let items: Vec<_> = (1..=10).map(|number| named(number, "Bob")).collect();
    let (_, usage) = upsert_messages(&test.store, &[("m", &items)]).await.unwrap();
    assert_eq!(usage.round_trips, 3, "one read, one key, one write");
    assert!((usage.write_units - 11.0).abs() < f64::EPSILON, "{usage:?}");
    let halves = items.split_at(5);
    let (_, usage) = upsert_messages(&test.store, &[("a", halves.0), ("b", halves.1)]).await.unwrap();
    assert_eq!(usage.round_trips, 2, "both keys in one call, nothing to write");
    assert!((usage.write_units - 2.0).abs() < f64::EPSILON, "{usage:?}");
}

#[tokio::test]
async fn message_that_means_more_now_is_applied_anew() {
    let test = TestStore::start().await;
    // The second item means the same contact by its derived id, once the account exists.
    let derived = LinkId::derive(
        &tenant().name,
        AccountId::parse("3").unwrap(),
        &ContactName::parse("Ann").unwrap(),
        &MobileNumber::parse("1").unwrap(),
    );
    let mut first = named(1, "Ann");
    first.contact = Some(ContactReference::LinkId(derived));
    first.fields.mobile_number = MobileNumber::parse("1").ok();
    let mut second = first.clone();
    second.contact = None;
    second.account = Some(by_id("3"));
    second.fields.description = Change::Set(Description::parse("by name").unwrap());
    let items = [first, second];
    assert_eq!(effects(&run(&test.store, "m", &items).await), [Some(Effect::Created), None]);
    let account = by_id("3").id().unwrap();
    let account = Account { id: account, code: None, name: by_name("Three").name().cloned() };
    let created = test.store.create_account(&context(), &tenant().name, &account).await.unwrap();
    assert_eq!(created, WriteOutcome::Applied);
    assert_eq!(
        effects(&run(&test.store, "m", &items).await),
        [Some(Effect::Unchanged), Some(Effect::Updated)],
        "not taken for its own creation"
    );
}

#[tokio::test]
async fn message_delivered_again_without_its_neighbour_is_applied_anew() {
    let test = TestStore::start().await;
    let (first, second) = ([named(1, "Ann")], [named(1, "Anna")]);
    let together = [("a", &first[..]), ("b", &second[..])];
    let (created, _) = upsert_messages(&test.store, &together).await.unwrap();
    assert_eq!(effects(&created), [Effect::Created, Effect::Updated].map(Some));
    assert_eq!(upsert_messages(&test.store, &together).await.unwrap().0, created);
    assert_eq!(effects(&run(&test.store, "b", &second).await), [Some(Effect::Unchanged)]);
    assert_eq!(effects(&run(&test.store, "a", &first).await), [Some(Effect::Updated)]);
}

#[tokio::test]
async fn concurrent_repeats_hear_the_same() {
    let test = TestStore::start().await;
    let items: Vec<_> = (0..150).map(|number| named(number, "Ann")).collect();
    let runs = (0..4).map(|_| async { upsert_messages(&test.store, &[("m", &items)]).await });
    for (outcomes, _) in try_join_all(runs).await.unwrap() {
        assert_eq!(effects(&outcomes), vec![Some(Effect::Created); 150]);
    }
}

#[tokio::test]
async fn expired_key_is_free_before_its_record_is_removed() {
    let test = TestStore::start().await;
    let items = [named(1, "Ann")];
    run(&test.store, "m", &items).await;
    test.expire_keys().await;
    // A new operation: its contact was created by another one.
    let sections = [Section { end: 1, key: Some(key("m", "another body")) }];
    let outcomes = upsert_sections(&test.store, &tenant(), &context(), &items, &sections).await.unwrap();
    assert_eq!(effects(&outcomes), [Some(Effect::Unchanged)]);
    assert_eq!(upsert_messages(&test.store, &[("m", &items)]).await, Err(UpsertError::KeyReused));
}

#[tokio::test]
async fn what_is_only_validated_or_not_started_binds_no_key() {
    let faults = Faults::default();
    let store = Store::new(in_process_client_with(&faults).unwrap(), TABLE);
    let items = [named(1, "Ann")];
    let sections = [Section { end: 1, key: Some(key("m", "a body that is not carried out")) }];
    let mut validated = context();
    validated.set_mode(Mode::ValidateOnly);
    upsert_sections(&store, &tenant(), &validated, &items, &sections).await.unwrap();
    assert!(validated.usage().write_units.abs() < f64::EPSILON);
    assert_eq!(effects(&validate(&store, &items).await.0), [Some(Effect::Created)]);

    tests::run(&store, &[named(2, "The account exists")]).await;
    faults.add_for_calls_with("#CONTACT#", Fault::Throttle);
    let deadline = Deadline::after(Duration::from_millis(100));
    let late = OperationContext::new(OperationId::unique(), deadline);
    let tenant = tenant();
    let work = upsert_sections(&store, &tenant, &late, &items, &sections);
    assert!(deadline.run(work).await.is_err());
    faults.clear();

    assert_eq!(effects(&run(&store, "m", &items).await), [Some(Effect::Created)]);
}

#[tokio::test]
async fn key_with_a_lost_response_is_bound_once() {
    let faults = Faults::default();
    let store = Store::new(in_process_client_with(&faults).unwrap(), TABLE);
    // The key, then the contacts.
    for _ in 0..2 {
        faults.add("BatchExecuteStatement", Fault::LoseResponse);
    }
    let items = [named(1, "Ann")];
    assert_eq!(effects(&run(&store, "m", &items).await), [Some(Effect::Created)]);
    assert_eq!(faults.pending(), []);
    assert_eq!(effects(&run(&store, "m", &items).await), [Some(Effect::Created)]);
}
