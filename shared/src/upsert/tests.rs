//! The use case on a real store: what it does, what it costs, and that a list is worth the same as its
//! items one by one.

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::*;
use crate::{
    domain::{
        Account, AccountCode, AccountId, AccountName, AccountReference, ContactId, ContactName, Description,
        Email, MobileNumber,
    },
    store::StoredContact,
    test_support::{
        TestStore, by_code, by_code_and_name, by_id, by_name, link_id, new_contact, operation, tenant,
    },
};

async fn run(store: &Store, items: &[Item]) -> Vec<Outcome> {
    upsert(store, &tenant(), &operation(), items).await.unwrap()
}

async fn stored(store: &Store, number: u128) -> Option<StoredContact> {
    let id = ContactId::derive(&tenant().name, link_id(number));
    store.contacts(&tenant().name, [id]).await.unwrap().remove(&id)
}

fn states(outcomes: &[Outcome]) -> Vec<Option<State>> {
    outcomes.iter().map(|outcome| outcome.as_ref().ok().map(|done| done.state)).collect()
}

#[tokio::test]
async fn a_created_or_changed_contact_costs_one_write_unit_and_an_unchanged_one_none() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let items: Vec<_> = (1..=300).map(|number| new_contact(number, by_code("ACME"))).collect();
    let mut changed = items.clone();
    for item in &mut changed {
        item.fields.name = ContactName::parse("Another name").ok();
    }
    for (list, units) in [(&items, 300.0), (&items, 0.0), (&changed, 300.0), (&changed, 0.0)] {
        let store = test.store.counting();
        run(&store, list).await;
        assert!((store.usage().write_units - units).abs() < f64::EPSILON, "{:?}", store.usage());
    }
}

#[tokio::test]
async fn an_item_that_finds_its_contact_as_it_wants_it_is_unchanged() {
    use State::{Created, Unchanged, Updated};
    let test = TestStore::start().await;
    let named = |name: &str| {
        let mut item = new_contact(1, by_code("ACME"));
        item.fields.name = ContactName::parse(name).ok();
        item
    };
    let list = [named("Ann"), named("Ann"), named("Bob")];
    assert_eq!(states(&run(&test.store, &list).await), [Created, Unchanged, Updated].map(Some));
    let there_and_back = [named("Bob"), named("Ann"), named("Bob")];
    assert_eq!(states(&run(&test.store, &there_and_back).await), [Unchanged, Updated, Updated].map(Some));
}

/// A list so long that its last chunks begin when its first ones have been read.
fn long_list() -> Vec<Item> {
    (1..=3_000).map(|number| new_contact(number, by_code("ACME"))).collect()
}

#[tokio::test]
async fn of_a_long_list_of_new_contacts_only_the_first_chunks_are_read() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let store = test.store.counting();
    let outcomes = run(&store, &long_list()).await;
    assert_eq!(states(&outcomes), vec![Some(State::Created); 3_000]);
    let usage = store.usage();
    assert!((usage.write_units - 3_000.0).abs() < f64::EPSILON, "{usage:?}");
    let first_chunks = f64::from(u32::try_from(CHUNK * CHUNKS_UNDER_WAY).unwrap());
    assert!(usage.read_units <= first_chunks, "{usage:?}");
}

#[tokio::test]
async fn of_callers_that_create_the_same_long_list_at_once_one_hears_created_for_each_contact() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(0, by_code("ACME"))]).await;
    let (tenant, list, operations) = (tenant(), long_list(), [operation(), operation(), operation()]);
    let calls = operations.iter().map(|operation| upsert(&test.store, &tenant, operation, &list));
    let all = futures_util::future::try_join_all(calls).await.unwrap();
    for position in 0..list.len() {
        let heard: Vec<_> = all.iter().map(|outcomes| outcomes[position].as_ref().unwrap().state).collect();
        assert_eq!(heard.iter().filter(|state| **state == State::Created).count(), 1, "{heard:?}");
    }
}

#[tokio::test]
async fn contacts_that_are_there_though_all_others_were_new_are_not_mistaken_for_new() {
    use State::{Created, Unchanged, Updated};
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
            // Not enough to create a contact, but to change one.
            2 => {
                item.fields = Fields::default();
                item.fields.description = Change::Set(Description::parse("Called").unwrap());
                Some(Updated)
            }
            // There is no such contact to change.
            _ => {
                item.contact_id = ContactId::parse(&(position + 1).to_string()).ok();
                item.link_id = None;
                None
            }
        });
    }
    let store = test.store.counting();
    assert_eq!(states(&run(&store, &list).await), expected);
    let expected_wrongly = f64::from(u32::try_from(CHUNK * CHUNKS_UNDER_WAY).unwrap());
    assert!(store.usage().write_units <= 2_500.0 + expected_wrongly, "{:?}", store.usage());
    let changed = stored(&test.store, 2_002).await.unwrap().contact;
    assert_eq!(changed.name.as_str(), "Another name");
    let called = stored(&test.store, 2_003).await.unwrap().contact;
    assert_eq!(called.description.unwrap().as_str(), "Called");
}

#[tokio::test]
async fn a_warm_upsert_of_one_contact_takes_two_round_trips() {
    let test = TestStore::start().await;
    run(&test.store, &[new_contact(1, by_code("ACME"))]).await;
    let store = test.store.counting();
    run(&store, &[new_contact(2, by_code("ACME"))]).await;
    assert_eq!(store.usage().round_trips, 2);
}

#[tokio::test]
async fn an_operation_that_lost_the_answer_to_its_create_still_says_created() {
    let test = TestStore::start().await;
    let operation = operation();
    let items = [new_contact(1, by_code("ACME"))];
    let first = upsert(&test.store, &tenant(), &operation, &items).await.unwrap();
    // Another caller changes the contact before the operation hears of its own write.
    let mut other = new_contact(1, by_code("ACME"));
    other.fields.name = ContactName::parse("Changed meanwhile").ok();
    run(&test.store, &[other]).await;

    let again = upsert(&test.store, &tenant(), &operation, &items).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(states(&again), [Some(State::Created)]);
    let name = stored(&test.store, 1).await.unwrap().contact.name;
    assert_eq!(name.as_str(), "Changed meanwhile", "the other caller's change came later and stays");
}

#[tokio::test]
async fn callers_that_create_the_same_accounts_at_once_end_up_with_the_same_accounts() {
    let test = TestStore::start().await;
    let items = [
        new_contact(1, by_name("Acme")),
        new_contact(2, by_code("A")),
        new_contact(3, by_code_and_name("A", "Acme")),
    ];
    let (tenant, operations) = (tenant(), [operation(), operation(), operation()]);
    let calls = operations.iter().map(|operation| upsert(&test.store, &tenant, operation, &items));
    let all: Vec<_> = futures_util::future::try_join_all(calls).await.unwrap();
    let accounts: std::collections::HashSet<_> =
        all.iter().flatten().map(|outcome| outcome.as_ref().unwrap().account_id).collect();
    assert_eq!(accounts.len(), 1);
}

#[tokio::test]
async fn an_account_takes_on_the_code_or_name_that_it_lacks() {
    let test = TestStore::start().await;
    let by_code_alone = run(&test.store, &[new_contact(1, by_code("A"))]).await;
    let by_both = run(&test.store, &[new_contact(2, by_code_and_name("A", "Acme"))]).await;
    let by_name_alone = run(&test.store, &[new_contact(3, by_name("Acme"))]).await;
    let account = by_code_alone[0].as_ref().unwrap().account_id;
    assert_eq!(by_both[0].as_ref().unwrap().account_id, account);
    assert_eq!(by_name_alone[0].as_ref().unwrap().account_id, account);
    let another = run(&test.store, &[new_contact(4, by_code_and_name("A", "Another"))]).await;
    assert_eq!(another, [Err(ItemError::AccountsDisagree)]);
}

/// Makes an account as an operator does, by its id.
async fn register(store: &Store, id: AccountId, name: Option<&str>) {
    let name = name.and_then(|name| AccountName::parse(name).ok());
    assert!(store.register_account(&tenant().name, &Account { id, code: None, name }).await.unwrap());
}

#[tokio::test]
async fn an_id_says_whose_a_code_is_wherever_in_the_list_it_stands() {
    let id = AccountId::parse("3").unwrap();
    let by_id = AccountReference::new(Some(id), AccountCode::parse("A").ok(), None).unwrap();
    let items = [new_contact(1, by_id), new_contact(2, by_code_and_name("A", "Acme"))];
    for items in [items.clone(), {
        let [one, other] = items;
        [other, one]
    }] {
        let test = TestStore::start().await;
        register(&test.store, id, None).await;
        let outcomes = run(&test.store, &items).await;
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|done| done.account_id == id)));
    }
}

#[tokio::test]
async fn an_account_by_another_name_under_the_id_of_a_new_code_fails_only_the_items_with_that_code() {
    let test = TestStore::start().await;
    let taken = by_code("A").new_account(&tenant().name).unwrap().id;
    register(&test.store, taken, Some("Another")).await;
    let items = [new_contact(1, by_code("A")), new_contact(2, by_code("B")), new_contact(3, by_code("A"))];
    let outcomes = run(&test.store, &items).await;
    assert_eq!(outcomes[0], Err(ItemError::AccountIdTaken));
    assert!(outcomes[1].is_ok());
    assert_eq!(outcomes[2], Err(ItemError::AccountIdTaken));
    // As the error says, the id tells which one is meant; from then on, the code is its own.
    let by_id = AccountReference::new(Some(taken), AccountCode::parse("A").ok(), None).unwrap();
    assert!(run(&test.store, &[new_contact(1, by_id)]).await[0].is_ok());
    assert!(run(&test.store, &[new_contact(3, by_code("A"))]).await[0].is_ok());
}

#[tokio::test]
async fn of_many_accounts_that_claim_one_name_the_first_gets_it() {
    let test = TestStore::start().await;
    let items: Vec<_> =
        (0..50).map(|n| new_contact(n, by_code_and_name(&format!("code {n}"), "one name"))).collect();
    let outcomes = run(&test.store, &items).await;
    assert!(outcomes[0].is_ok());
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Err(ItemError::AccountsDisagree)));
}

#[tokio::test]
async fn an_account_id_that_nobody_has_is_not_found_whatever_stands_beside_it() {
    let test = TestStore::start().await;
    let beside = AccountReference::new(AccountId::parse("3").ok(), AccountCode::parse("NEW").ok(), None);
    let items = [new_contact(1, by_id("3")), new_contact(2, beside.unwrap())];
    let expected = [Err(ItemError::AccountNotFound), Err(ItemError::AccountNotFound)];
    assert_eq!(run(&test.store, &items).await, expected);
    assert_eq!(run(&test.store, &[new_contact(3, by_code("NEW"))]).await.len(), 1);
}

/// An item about one of three contacts that says something about some of the fields.
fn any_item() -> impl Strategy<Value = Item> {
    (
        0_u128..3,
        0..4,
        prop::option::of(prop::sample::select(vec!["A", "B"]).prop_map(by_code)),
        prop::option::of(prop::sample::select(vec!["Ann", "Bob"])),
        prop::option::of(prop::sample::select(vec!["1", "2"])),
        any_change(vec![Email::parse("a@b").unwrap(), Email::parse("c@d").unwrap()]),
        any_change(vec![Description::parse("x").unwrap(), Description::parse("").unwrap()]),
    )
        .prop_map(|(number, naming, account, name, mobile, email, description)| {
            let link = link_id(number);
            let id = ContactId::derive(&tenant().name, link);
            let (contact_id, link_id) = match naming {
                0 => (Some(id), None),
                1 => (Some(id), Some(link)),
                _ => (None, Some(link)),
            };
            let fields = Fields {
                name: name.and_then(|name| ContactName::parse(name).ok()),
                mobile_number: mobile.and_then(|mobile| MobileNumber::parse(mobile).ok()),
                kind: None,
                email,
                description,
            };
            Item { contact_id, link_id, account, fields }
        })
}

fn any_change<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Change<T>> {
    prop_oneof![Just(Change::Keep), Just(Change::Clear), prop::sample::select(values).prop_map(Change::Set)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_list_comes_to_the_same_as_its_items_one_by_one(items in prop::collection::vec(any_item(), 1..12)) {
        let runtime = Runtime::new().unwrap();
        let (together, one_by_one) = runtime.block_on(async {
            let together = TestStore::start().await;
            let outcomes = run(&together.store, &items).await;
            let contacts = contacts_of(&together.store).await;
            let apart = TestStore::start().await;
            let mut outcomes_apart = Vec::new();
            for item in &items {
                let before = revisions_of(&apart.store).await;
                let outcome = run(&apart.store, std::slice::from_ref(item)).await;
                let writes = matches!(states(&outcome)[..], [Some(State::Created | State::Updated)]);
                assert_eq!(before != revisions_of(&apart.store).await, writes, "{outcome:?}");
                outcomes_apart.extend(outcome);
            }
            ((outcomes, contacts), (outcomes_apart, contacts_of(&apart.store).await))
        });
        prop_assert_eq!(together, one_by_one);
    }
}

async fn revisions_of(store: &Store) -> Vec<Option<crate::domain::Revision>> {
    let mut revisions = Vec::new();
    for number in 0..3 {
        revisions.push(stored(store, number).await.map(|stored| stored.revision));
    }
    revisions
}

async fn contacts_of(store: &Store) -> Vec<Option<crate::domain::Contact>> {
    let mut contacts = Vec::new();
    for number in 0..3 {
        contacts.push(stored(store, number).await.map(|stored| stored.contact));
    }
    contacts
}
