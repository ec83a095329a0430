//! The use case, on a real DynamoDB.

use super::{
    use_case::{MAX_PART_LEN, transactions},
    *,
};
use crate::{
    context::{Deadline, Mode, OperationContext, OperationId},
    domain::{
        AccountId, AccountReference, Contact, ContactId, ContactName, ContactReference, ContactType,
        Description, Email, LinkId, MobileNumber, Revision,
    },
    store::{Kept, MAX_TRANSACTION_TIME, Store, StoreError, StoredContact},
    test_support::{TestStore, by_code, by_code_and_name, by_id, context, link_id, new_contact, tenant},
    upsert::{Effect, upsert},
};

/// Stores contacts with these numbers on the account of this code.
async fn store_contacts(store: &Store, account: &str, numbers: impl Iterator<Item = u128>) {
    let items: Vec<_> = numbers.map(|number| new_contact(number, by_code(account))).collect();
    for outcome in upsert(store, &tenant(), &context(), &items).await.unwrap() {
        outcome.unwrap();
    }
}

fn deletion(account: AccountReference, numbers: impl Iterator<Item = u128>) -> Deletion {
    let contacts = numbers.map(|number| ContactReference::LinkId(link_id(number))).collect();
    Deletion { account, contacts, key: None }
}

fn any_number_fits(_: &[&Contact]) -> bool {
    true
}

async fn run(store: &Store, deletion: &Deletion) -> (Result<(), DeleteError>, Vec<LinkId>) {
    run_in(&context(), store, deletion, any_number_fits).await
}

async fn run_in(
    context: &OperationContext,
    store: &Store,
    deletion: &Deletion,
    fits_answer: impl Fn(&[&Contact]) -> bool,
) -> (Result<(), DeleteError>, Vec<LinkId>) {
    let mut deleted = Deleted::new();
    let result = delete(store, context, &tenant(), deletion, fits_answer, &mut deleted).await;
    (result.map(drop), deleted.values().map(|contact| contact.link_id).collect())
}

#[tokio::test]
async fn deleted_contacts_are_in_the_order_of_the_request() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..250).await;
    let (result, deleted) = run(&test.store, &deletion(by_code("A"), (0..250).rev())).await;
    assert_eq!(result, Ok(()));
    assert_eq!(deleted, (0..250).rev().map(link_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn validation_has_the_result_of_the_delete_that_follows() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..150).await;
    store_contacts(&test.store, "B", 200..201).await;
    for numbers in [0..150, 0..151, 140..201, 300..301, 0..150] {
        let deletion = deletion(by_code("A"), numbers);
        let mut context = context();
        context.set_mode(Mode::ValidateOnly);
        let validated = run_in(&context, &test.store, &deletion, any_number_fits).await;
        assert!(context.usage().write_units.abs() < f64::EPSILON);
        assert_eq!(validated, run(&test.store, &deletion).await);
    }
}

#[tokio::test]
async fn delete_takes_two_round_trips_and_two_units_a_contact() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..5).await;
    run(&test.store, &deletion(by_code("A"), 0..1)).await.0.unwrap();
    for (numbers, store) in [(1..3, &test.store), (3..5, &test.cold_store())] {
        let context = context();
        run_in(&context, store, &deletion(by_code("A"), numbers), any_number_fits).await.0.unwrap();
        assert_eq!(context.usage().round_trips, 2);
        assert!((context.usage().write_units - 4.0).abs() < f64::EPSILON);
    }
}

#[tokio::test]
async fn error_deletes_nothing() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    store_contacts(&test.store, "B", 2..3).await;
    for (deletion, error) in [
        (deletion(by_code("A"), 0..3), DeleteError::SomeOnOtherAccounts),
        (deletion(by_code("A"), 1..9), DeleteError::NotAllFound),
        (deletion(by_code("A"), 2..9), DeleteError::NoneFound),
        (deletion(by_code("A"), [0, 1, 0].into_iter()), DeleteError::DuplicateContact),
        (deletion(by_code("C"), 0..2), DeleteError::UnknownAccount),
        (deletion(by_id("3"), 0..2), DeleteError::UnknownAccount),
        (deletion(by_code_and_name("A", "no such name"), 0..2), DeleteError::AccountsDisagree),
    ] {
        assert_eq!(run(&test.store, &deletion).await, (Err(error), vec![]));
    }
    let too_large = run_in(&context(), &test.store, &deletion(by_code("A"), 0..2), |_| false).await;
    assert_eq!(too_large, (Err(DeleteError::AnswerTooLarge), vec![]));
    assert_eq!(run(&test.store, &deletion(by_code("A"), 0..2)).await.0, Ok(()));
}

#[tokio::test]
async fn contact_given_by_two_ids_must_have_both() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    let id = ContactId::derive(&tenant().name, link_id(0));
    let other = ContactReference::Both(id, link_id(1));
    let mismatch = Deletion { contacts: vec![other], ..deletion(by_code("A"), 0..0) };
    assert_eq!(run(&test.store, &mismatch).await.0, Err(DeleteError::NoneFound));
    let own = ContactReference::Both(id, link_id(0));
    let both = Deletion { contacts: vec![own], ..deletion(by_code("A"), 0..0) };
    assert_eq!(run(&test.store, &both).await, (Ok(()), vec![link_id(0)]));
}

#[tokio::test]
async fn deleted_contacts_have_the_state_in_which_they_were_deleted() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..1).await;
    let change = |name: &'static str| {
        let mut item = new_contact(0, by_code("A"));
        item.fields.name = ContactName::parse(name).ok();
        let store = &test.store;
        async move {
            let outcomes = upsert(store, &tenant(), &context(), &[item]).await.unwrap();
            outcomes.into_iter().next().unwrap().unwrap().effect
        }
    };
    let mut deleted = Deleted::new();
    let all = deletion(by_code("A"), 0..1);
    let (tenant, store, operation) = (tenant(), &test.store, context());
    let (result, first, second) = tokio::join!(
        delete(store, &operation, &tenant, &all, any_number_fits, &mut deleted),
        change("Bob"),
        change("Cid")
    );
    assert_eq!(result, Ok(Completed { processing_date: None }));
    // An upsert after the delete created the contact again; one before it shows in the deleted contact.
    let created = [first, second].iter().filter(|effect| **effect == Effect::Created).count();
    let deleted_name = deleted[&0].name.as_str();
    let id = ContactId::derive(&tenant.name, link_id(0));
    let left = store.contacts(&context(), &tenant.name, [id]).await.unwrap();
    assert_eq!(left.len(), usize::from(created > 0), "deleted {deleted_name}, created {created}");
}

#[tokio::test]
async fn no_transaction_starts_too_late_to_report_its_outcome() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..1).await;
    let all = deletion(by_code("A"), 0..1);
    let too_late = OperationContext::new(OperationId::new("late"), Deadline::after(MAX_TRANSACTION_TIME));
    let (result, _) = run_in(&too_late, &test.store, &all, any_number_fits).await;
    assert!(matches!(result, Err(DeleteError::Store(StoreError::Unavailable(_)))));
    assert_eq!(run(&test.store, &all).await, (Ok(()), vec![link_id(0)]));
}

#[tokio::test]
async fn already_deleted_contacts_count_for_the_answer_too() {
    let test = TestStore::start().await;
    store_contacts(&test.store, "A", 0..2).await;
    let (tenant, mut deleted) = (tenant(), Deleted::new());
    let first = deletion(by_code("A"), 0..1);
    delete(&test.store, &context(), &tenant, &first, any_number_fits, &mut deleted).await.unwrap();
    let both = deletion(by_code("A"), 0..2);
    let one_fits = |contacts: &[&Contact]| contacts.len() <= 1;
    let result = delete(&test.store, &context(), &tenant, &both, one_fits, &mut deleted).await;
    assert_eq!((result, deleted.len()), (Err(DeleteError::AnswerTooLarge), 1));
    assert_eq!(run(&test.store, &deletion(by_code("A"), 1..2)).await.0, Ok(()));
}

#[test]
fn part_of_a_record_has_98_contacts_or_300_kb_of_them() {
    // 256 bytes in each of three fields.
    let text = "\u{1f642}".repeat(64);
    let contact = Contact {
        id: ContactId::derive(&tenant().name, link_id(0)),
        link_id: link_id(0),
        account: AccountId::parse("3").unwrap(),
        name: ContactName::parse(&text).unwrap(),
        mobile_number: MobileNumber::parse(&text).unwrap(),
        contact_type: ContactType::stored(text.clone()),
        email: Some(Email::parse(&format!("{}@b", "a".repeat(252))).unwrap()),
        description: Some(Description::parse(&"x".repeat(2_048)).unwrap()),
    };
    let len_of_texts = 3 * 256 + 254 + 2_048;
    let stored = StoredContact { contact, revision: Revision::unique(), created_by: OperationId::unique() };
    let contacts = vec![&stored; 200];
    let lens = |kept| transactions(&contacts, kept).iter().map(|chunk| chunk.len()).collect::<Vec<_>>();
    assert_eq!(lens(None), [100, 100]);
    assert_eq!(lens(Some(Kept::Ids)), [98, 98, 4]);
    let kept = lens(Some(Kept::Contacts));
    assert_eq!(kept.iter().sum::<usize>(), 200);
    assert!(kept[0] * len_of_texts <= MAX_PART_LEN, "{kept:?}");
    assert!(kept[0] * (len_of_texts + 300) >= MAX_PART_LEN, "{kept:?}");
}
