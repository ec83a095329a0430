//! Tests of the accounts of a list on a real store. A list must have the accounts that its items have if each is a list of
//! its own, in the documented order; its cost must grow with its length alone.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::{
    tests::{run, run_counted, validate},
    *,
};
use crate::{
    domain::{Account, AccountCode, AccountId, AccountName, AccountReference},
    store::{Store, WriteOutcome},
    test_support::{TestStore, by_code, by_code_and_name, by_id, by_name, context, new_contact, tenant},
};

#[tokio::test]
async fn concurrent_creates_of_an_account_give_one_account() {
    let test = TestStore::start().await;
    let items = [
        new_contact(1, by_name("Acme")),
        new_contact(2, by_code("A")),
        new_contact(3, by_code_and_name("A", "Acme")),
    ];
    let (tenant, contexts) = (tenant(), [context(), context(), context()]);
    let calls = contexts.iter().map(|context| upsert(&test.store, &tenant, context, &items));
    let all: Vec<_> = try_join_all(calls).await.unwrap();
    let accounts: HashSet<_> =
        all.iter().flatten().map(|outcome| outcome.as_ref().unwrap().account_id).collect();
    assert_eq!(accounts.len(), 1);
}

#[tokio::test]
async fn account_takes_on_the_code_or_name_that_it_lacks() {
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

/// Creates an account by its id, as an operator does.
async fn register(store: &Store, id: AccountId, name: Option<&str>) {
    let name = name.and_then(|name| AccountName::parse(name).ok());
    create(store, Account { id, code: None, name }).await;
}

async fn create(store: &Store, account: Account) {
    let outcome = store.create_account(&context(), &tenant().name, &account).await.unwrap();
    assert_eq!(outcome, WriteOutcome::Applied);
}

#[tokio::test]
async fn account_id_assigns_a_code_regardless_of_list_order() {
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
        assert!(
            outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|applied| applied.account_id == id))
        );
    }
}

#[tokio::test]
async fn taken_account_id_fails_only_the_items_with_its_code() {
    let test = TestStore::start().await;
    let taken = by_code("A").new_account(&tenant().name).unwrap().id;
    register(&test.store, taken, Some("Another")).await;
    let items = [new_contact(1, by_code("A")), new_contact(2, by_code("B")), new_contact(3, by_code("A"))];
    let (validated, _) = validate(&test.store, &items).await;
    let outcomes = run(&test.store, &items).await;
    assert_eq!(validated, outcomes);
    assert_eq!(outcomes[0], Err(ItemError::AccountIdTaken));
    assert!(outcomes[1].is_ok());
    assert_eq!(outcomes[2], Err(ItemError::AccountIdTaken));
    // As the error suggests: with its id, the existing account takes on the code.
    let by_id = AccountReference::new(Some(taken), AccountCode::parse("A").ok(), None).unwrap();
    assert!(run(&test.store, &[new_contact(1, by_id)]).await[0].is_ok());
    assert!(run(&test.store, &[new_contact(3, by_code("A"))]).await[0].is_ok());
}

#[tokio::test]
async fn first_of_many_accounts_with_one_name_gets_it() {
    let test = TestStore::start().await;
    let items: Vec<_> =
        (0..50).map(|n| new_contact(n, by_code_and_name(&format!("code {n}"), "one name"))).collect();
    let outcomes = run(&test.store, &items).await;
    assert!(outcomes[0].is_ok());
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Err(ItemError::AccountsDisagree)));
}

#[tokio::test]
async fn unknown_account_id_is_not_found_even_with_a_new_code() {
    let test = TestStore::start().await;
    let beside = AccountReference::new(AccountId::parse("3").ok(), AccountCode::parse("NEW").ok(), None);
    let items = [new_contact(1, by_id("3")), new_contact(2, beside.unwrap())];
    let expected = [Err(ItemError::AccountNotFound), Err(ItemError::AccountNotFound)];
    assert_eq!(run(&test.store, &items).await, expected);
    assert_eq!(run(&test.store, &[new_contact(3, by_code("NEW"))]).await.len(), 1);
}

/// Items whose references form a chain: each shares its code with one neighbour and its name with the other, like rows of a
/// spreadsheet in which a column slipped by one row.
fn chain(len: u128) -> Vec<Item> {
    (0..len)
        .map(|n| new_contact(n, by_code_and_name(&format!("c{}", n.div_ceil(2)), &format!("n{}", n / 2))))
        .collect()
}

#[tokio::test]
async fn chained_accounts_settle_in_one_round_at_linear_cost() {
    for len in [30, 300] {
        let test = TestStore::start().await;
        let (outcomes, usage) = run_counted(&test.store, &chain(u128::from(len))).await;
        let accounts: HashSet<_> = outcomes.iter().flatten().map(|applied| applied.account_id).collect();
        assert_eq!(u32::try_from(accounts.len()).unwrap(), len / 2 + len % 2);
        assert_eq!(usage.retries, 0);
        // One for each code, each name and each contact.
        assert!(usage.read_units <= 2.0 * f64::from(len) + 1.0, "{usage:?}");
        // A transaction for each account, a read of a hundred codes, names or contacts, a write of 25 contacts.
        assert!(usage.round_trips <= len / 2 + len / 25 + len / 50 + 4, "{usage:?}");
    }
}

/// References over few ids, codes and names, so that they are connected in many ways.
fn any_reference() -> impl Strategy<Value = AccountReference> {
    let id = prop::option::weighted(0.2, 1_u64..=4);
    let text = || prop::option::of(0_u8..6);
    (id, text(), text())
        .prop_filter_map("a reference has a part", |(id, code, name)| reference(id, code, name))
}

fn reference(id: Option<u64>, code: Option<u8>, name: Option<u8>) -> Option<AccountReference> {
    AccountReference::new(
        id.map(|id| AccountId::parse(&id.to_string()).unwrap()),
        code.map(|code| AccountCode::parse(&format!("c{code}")).unwrap()),
        name.map(|name| AccountName::parse(&format!("n{name}")).unwrap()),
    )
}

/// A tenant with four accounts: without code and name, with one of them, and with both.
async fn start() -> TestStore {
    let test = TestStore::start().await;
    for (id, code, name) in [(1, None, None), (2, Some(0), None), (3, None, Some(0)), (4, Some(1), Some(1))] {
        let given = reference(Some(id), code, name).unwrap();
        let (id, code, name) = (given.id().unwrap(), given.code().cloned(), given.name().cloned());
        create(&test.store, Account { id, code, name }).await;
    }
    test
}

/// The account of each reference, or why it has none.
async fn accounts_of(store: &Store, references: &[&AccountReference]) -> Vec<Result<AccountId, ItemError>> {
    accounts_in(run(store, &items_of(references)).await)
}

fn items_of(references: &[&AccountReference]) -> Vec<Item> {
    let numbered = (0..).zip(references);
    numbered.map(|(number, reference)| new_contact(number, (*reference).clone())).collect()
}

fn accounts_in(outcomes: Vec<Outcome>) -> Vec<Result<AccountId, ItemError>> {
    outcomes.into_iter().map(|outcome| outcome.map(|applied| applied.account_id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// By id first, then by code and name, then by one of them; within each kind in list order.
    #[test]
    fn accounts_of_a_list_are_those_of_its_items_one_by_one(
        references in prop::collection::vec(any_reference(), 1..24),
    ) {
        Runtime::new().unwrap().block_on(async {
            let all: Vec<_> = references.iter().collect();
            let together = accounts_of(&start().await.store, &all).await;
            let one_by_one = start().await;
            let mut order: Vec<_> = (0..all.len()).collect();
            order.sort_by_key(|&position| match all[position] {
                by_id if by_id.id().is_some() => 0,
                by_both if by_both.code().is_some() && by_both.name().is_some() => 1,
                _ => 2,
            });
            let (validated, usage) = validate(&one_by_one.store, &items_of(&all)).await;
            prop_assert_eq!(accounts_in(validated), together.clone());
            prop_assert!(usage.write_units.abs() < f64::EPSILON);
            for position in order {
                let alone = accounts_of(&one_by_one.store, &all[position..=position]).await.remove(0);
                prop_assert_eq!(&together[position], &alone, "{:?}", all[position]);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn all_spellings_of_a_code_or_name_are_one_account() {
    let test = TestStore::start().await;
    let accounts = [
        by_code_and_name("Caf\u{e9}", "J\u{e9}r\u{f4}me"),
        by_code("Cafe\u{301}"),
        by_name("\u{202a}Je\u{301}ro\u{302}me\u{202c}"),
        by_code_and_name("\u{feff}Caf\u{e9}", "J\u{e9}r\u{200b}\u{f4}me"),
    ];
    let together = accounts_of(&test.store, &accounts.iter().collect::<Vec<_>>()).await;
    assert!(together[0].is_ok());
    assert_eq!(together, vec![together[0].clone(); 4]);
    for alone in &accounts {
        assert_eq!(accounts_of(&test.store, &[alone]).await, together[..1]);
        // Past the cache of the first store.
        let cold = Store::new(test.store.client().clone(), test.table.name());
        assert_eq!(accounts_of(&cold, &[alone]).await, together[..1]);
    }
    let id = *together[0].as_ref().unwrap();
    let stored = test.store.accounts(&context(), &tenant().name, [id].into()).await.unwrap();
    // As they were first sent.
    assert_eq!(stored[&id].code.as_ref().unwrap().as_str(), "Caf\u{e9}");
    assert_eq!(stored[&id].name.as_ref().unwrap().as_str(), "J\u{e9}r\u{f4}me");
}

#[tokio::test]
async fn code_whose_form_exceeds_a_sort_key_is_one_account() {
    let test = TestStore::start().await;
    // Each character becomes three of four bytes in NFC.
    let long = by_code_and_name(&"\u{1d160}".repeat(256), &"\u{1d161}".repeat(256));
    let first = accounts_of(&test.store, &[&long]).await;
    assert!(first[0].is_ok(), "{first:?}");
    let cold = Store::new(test.store.client().clone(), test.table.name());
    assert_eq!(accounts_of(&cold, &[&long]).await, first);
}
