//! Tests of the use case on a real store: races, retries, long lists, and what an upsert costs. The rules on contacts are in
//! [`super::model`], those on accounts in [`super::account_tests`].

use futures_util::future::join;

use super::{
    use_case::{CHUNK_LEN, MAX_CONCURRENT_CHUNKS},
    *,
};
use crate::{
    context::{Mode, OperationContext, Usage},
    domain::{ContactId, ContactName, ContactReference, Description, MobileNumber},
    store::{Store, StoredContact},
    test_support::{TestStore, by_code, context, link_id, new_contact, tenant},
};

pub(super) async fn run(store: &Store, items: &[Item]) -> Vec<Outcome> {
    run_counted(store, items).await.0
}

pub(super) async fn run_counted(store: &Store, items: &[Item]) -> (Vec<Outcome>, Usage) {
    let context = context();
    let outcomes = upsert(store, &tenant(), &context, items).await.unwrap();
    (outcomes, context.usage())
}

/// The outcomes that the items would have, and what finding them out consumed.
pub(super) async fn validate(store: &Store, items: &[Item]) -> (Vec<Outcome>, Usage) {
    let mut context = context();
    context.set_mode(Mode::ValidateOnly);
    let outcomes = upsert(store, &tenant(), &context, items).await.unwrap();
    (outcomes, context.usage())
}

async fn stored(store: &Store, number: u128) -> Option<StoredContact> {
    let id = ContactId::derive(&tenant().name, link_id(number));
    store.contacts(&context(), &tenant().name, [id]).await.unwrap().remove(&id)
}

fn effects(outcomes: &[Outcome]) -> Vec<Option<Effect>> {
    outcomes.iter().map(|outcome| outcome.as_ref().ok().map(|applied| applied.effect)).collect()
}

#[tokio::test]
async fn only_created_and_changed_contacts_cost_a_write_unit() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let items: Vec<_> = (1..=300).map(|number| new_contact(number, by_code("ACME"))).collect();
    let mut changed = items.clone();
    for item in &mut changed {
        item.fields.name = ContactName::parse("Another name").ok();
    }
    for (list, units) in [(&items, 300.0), (&items, 0.0), (&changed, 300.0), (&changed, 0.0)] {
        let (_, usage) = run_counted(&test.store, list).await;
        assert!((usage.write_units - units).abs() < f64::EPSILON, "{usage:?}");
    }
}

#[tokio::test]
async fn item_with_equal_values_leaves_its_contact_unchanged() {
    use Effect::{Created, Unchanged, Updated};
    let test = TestStore::start().await;
    let named = |name: &str| {
        let mut item = new_contact(1, by_code("ACME"));
        item.fields.name = ContactName::parse(name).ok();
        item
    };
    let list = [named("Ann"), named("Ann"), named("Bob")];
    assert_eq!(effects(&run(&test.store, &list).await), [Created, Unchanged, Updated].map(Some));
    let there_and_back = [named("Bob"), named("Ann"), named("Bob")];
    assert_eq!(effects(&run(&test.store, &there_and_back).await), [Unchanged, Updated, Updated].map(Some));
}

/// A list so long that its last chunks start after its first ones were read.
pub(super) fn long_list() -> Vec<Item> {
    (1..=3_000).map(|number| new_contact(number, by_code("ACME"))).collect()
}

#[tokio::test]
async fn long_list_of_new_contacts_reads_only_its_first_chunks() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let (outcomes, usage) = run_counted(&test.store, &long_list()).await;
    assert_eq!(effects(&outcomes), vec![Some(Effect::Created); 3_000]);
    assert!((usage.write_units - 3_000.0).abs() < f64::EPSILON, "{usage:?}");
    let first_chunks = f64::from(u32::try_from(CHUNK_LEN * MAX_CONCURRENT_CHUNKS).unwrap());
    assert!(usage.read_units <= first_chunks, "{usage:?}");
}

#[tokio::test]
async fn long_list_that_is_sent_again_is_only_read() {
    let test = TestStore::start().await;
    run(&test.store, &long_list()).await;
    let (outcomes, usage) = run_counted(&test.store, &long_list()).await;
    assert_eq!(effects(&outcomes), vec![Some(Effect::Unchanged); 3_000]);
    assert_eq!(usage.round_trips as usize, 3_000 / CHUNK_LEN, "one read for each chunk");
}

#[tokio::test]
async fn concurrent_equal_lists_create_each_contact_once() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let (tenant, list, contexts) = (tenant(), long_list(), [context(), context(), context()]);
    let calls = contexts.iter().map(|context| upsert(&test.store, &tenant, context, &list));
    let all = futures_util::future::try_join_all(calls).await.unwrap();
    for position in 0..list.len() {
        let effects: Vec<_> =
            all.iter().map(|outcomes| outcomes[position].as_ref().unwrap().effect).collect();
        assert_eq!(effects.iter().filter(|effect| **effect == Effect::Created).count(), 1, "{effects:?}");
    }
}

#[tokio::test]
async fn unread_contacts_that_exist_are_updated_not_created() {
    use Effect::{Created, Unchanged, Updated};
    let test = TestStore::start().await;
    let mut list = long_list();
    run(&test.store, &list[2_000..]).await;
    let mut expected = vec![Some(Created); 2_000];
    for (position, item) in list.iter_mut().enumerate().skip(2_000) {
        expected.push(match position % 4 {
            0 => Some(Unchanged),
            1 => {
                item.fields.name = ContactName::parse("Another name").ok();
                Some(Updated)
            }
            // Too few fields to create a contact, enough to change one.
            2 => {
                item.fields = Fields::default();
                item.fields.description = Change::Set(Description::parse("Called").unwrap());
                Some(Updated)
            }
            // No contact has this id.
            _ => {
                let unknown = ContactId::parse(&(position + 1).to_string()).unwrap();
                item.contact = Some(ContactReference::ContactId(unknown));
                None
            }
        });
    }
    let (outcomes, usage) = run_counted(&test.store, &list).await;
    assert_eq!(effects(&outcomes), expected);
    let refused_inserts = f64::from(u32::try_from(CHUNK_LEN * MAX_CONCURRENT_CHUNKS).unwrap());
    assert!(usage.write_units <= 2_500.0 + refused_inserts, "{usage:?}");
    let changed = stored(&test.store, 2_002).await.unwrap().contact;
    assert_eq!(changed.name.as_str(), "Another name");
    let called = stored(&test.store, 2_003).await.unwrap().contact;
    assert_eq!(called.description.unwrap().as_str(), "Called");
}

#[tokio::test]
async fn single_upsert_takes_two_round_trips_with_cold_account_too() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(1, by_code("ACME"))]).await;
    for (number, store) in [(2, &test.store), (3, &test.cold_store())] {
        let (_, usage) = run_counted(store, &[new_contact(number, by_code("ACME"))]).await;
        assert_eq!(usage.round_trips, 2);
    }
}

#[tokio::test]
async fn contacts_that_are_read_with_their_accounts_are_read_once() {
    let test = TestStore::start().await;
    let list: Vec<_> = (0..20).map(|number| new_contact(number, by_code(&number.to_string()))).collect();
    assert_eq!(effects(&run(&test.store, &list).await), [Some(Effect::Created); 20]);
    let (outcomes, usage) = run_counted(&test.cold_store(), &list).await;
    assert_eq!(effects(&outcomes), [Some(Effect::Unchanged); 20]);
    assert_eq!((usage.round_trips, usage.read_units), (1, test.units_of_batch_reads(20.0 + 20.0)));
}

#[tokio::test]
async fn concurrent_changes_by_functions_without_caches_are_all_kept() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(1, by_code("ACME"))]).await;
    let mut renamed = new_contact(1, by_code("ACME"));
    renamed.fields = Fields { name: ContactName::parse("Renamed").ok(), ..Fields::default() };
    let mut described = renamed.clone();
    described.fields =
        Fields { description: Change::Set(Description::parse("Called").unwrap()), ..Fields::default() };
    let (stores, lists) = ([test.cold_store(), test.cold_store()], [[renamed], [described]]);
    let both = join(run_counted(&stores[0], &lists[0]), run_counted(&stores[1], &lists[1])).await;
    for (outcomes, _) in [both.0, both.1] {
        assert_eq!(effects(&outcomes), [Some(Effect::Updated)]);
    }
    let after = stored(&test.store, 1).await.unwrap().contact;
    assert_eq!(after.name.as_str(), "Renamed");
    assert_eq!(after.description.unwrap().as_str(), "Called");
}

#[tokio::test]
async fn list_of_new_contacts_and_new_accounts_takes_one_read() {
    let test = TestStore::start().await;
    let list: Vec<_> = (0..3).map(|number| new_contact(number, by_code(&number.to_string()))).collect();
    let (outcomes, usage) = run_counted(&test.store, &list).await;
    assert_eq!(effects(&outcomes), [Some(Effect::Created); 3]);
    assert_eq!(usage.round_trips, 1 + 3 + 1, "one read, a transaction for each account, one write");
}

#[tokio::test]
async fn validation_of_a_long_list_of_new_contacts_writes_nothing() {
    let test = TestStore::start().await;
    let (outcomes, usage) = validate(&test.store, &long_list()).await;
    assert_eq!(effects(&outcomes), vec![Some(Effect::Created); 3_000]);
    assert_eq!((usage.write_units, usage.retries), (0.0, 0));
    assert_eq!(stored(&test.store, 1).await, None);
}

#[tokio::test]
async fn retried_operation_reports_its_own_create_as_created() {
    let test = TestStore::start().await;
    let operation: OperationContext = context();
    let items = [new_contact(1, by_code("ACME"))];
    let first = upsert(&test.store, &tenant(), &operation, &items).await.unwrap();
    // Another caller changes the contact before the operation is retried.
    let mut other = new_contact(1, by_code("ACME"));
    other.fields.name = ContactName::parse("Changed meanwhile").ok();
    run(&test.store, &[other]).await;

    let again = upsert(&test.store, &tenant(), &operation, &items).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(effects(&again), [Some(Effect::Created)]);
    let name = stored(&test.store, 1).await.unwrap().contact.name;
    assert_eq!(name.as_str(), "Changed meanwhile", "the retry must not undo the other caller's later change");
}

#[tokio::test]
async fn all_spellings_of_a_name_and_number_are_one_contact() {
    let test = TestStore::start().await;
    let spelled = |name: &str, number: &str| Item {
        contact: None,
        account: Some(by_code("ACME")),
        fields: Fields {
            name: ContactName::parse(name).ok(),
            mobile_number: MobileNumber::parse(number).ok(),
            ..Fields::default()
        },
    };
    let items = [
        spelled("J\u{e9}r\u{f4}me", "067_1"),
        spelled("Je\u{301}ro\u{302}me", "067_1"),
        spelled("\u{202a}J\u{e9}r\u{f4}me\u{202c}", "067\u{200b}_1"),
    ];
    let outcomes = run(&test.store, &items).await;
    // Each is stored as it was sent, so a spelling can be corrected.
    assert_eq!(effects(&outcomes), [Effect::Created, Effect::Updated, Effect::Updated].map(Some));
    let ids: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap().contact_id).collect();
    assert_eq!(ids, [ids[0]; 3]);
}
