//! Property tests: random lists of items on a real store must have the outcomes, and leave the contacts, that
//! the model of the contract (`contacts-model`) gives.

use std::collections::BTreeMap;

use contacts_model::{
    contact::{Contact as ModelContact, DEFAULT_TYPES, FieldChange, Fields as ModelFields},
    ids,
    upsert::{
        AccountLookup, Contacts, Effect as ModelEffect, IdentifiedItem, Item as ModelItem, Refusal, Upserted,
    },
};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::{insert_heuristic::InsertHeuristic, tests::validate, use_case::upsert_with, *};
use crate::{
    domain::{
        Account, AccountReference, Contact, ContactId, ContactName, ContactReference, ContactType,
        ContactTypes, Description, Email, LinkId, MobileNumber,
    },
    store::{Store, StoredContact, WriteOutcome},
    test_support::{TestStore, by_code, by_id, context, tenant},
};

const TENANT: &str = "zegoal";

/// An account that an item may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AccountSpec {
    /// By a code that the tenant may not have yet.
    Code(&'static str),
    /// By the id of an account that exists.
    Registered,
    /// By the id of an account that doesn't exist.
    Unknown,
}

const ACCOUNTS: [AccountSpec; 3] = [AccountSpec::Code("A"), AccountSpec::Code("B"), AccountSpec::Registered];
const REGISTERED_ID: u64 = 3;
const UNKNOWN_ID: u64 = 77;
const NAMES: [&str; 2] = ["Ann", "Bob"];
const NUMBERS: [&str; 2] = ["067_1", "2"];
const TYPES: [&str; 2] = [DEFAULT_TYPES[0], DEFAULT_TYPES[1]];
const EMAILS: [&str; 2] = ["a@b", "c@d"];
const DESCRIPTIONS: [&str; 2] = ["", "x"];
const LINK_IDS: u128 = 3;

impl AccountSpec {
    fn lookup(self) -> AccountLookup {
        match self {
            Self::Code(code) => AccountLookup::Found(ids::account_id_by_code(TENANT, code)),
            Self::Registered => AccountLookup::Found(REGISTERED_ID),
            Self::Unknown => AccountLookup::NotFound,
        }
    }

    fn reference(self) -> AccountReference {
        match self {
            Self::Code(code) => by_code(code),
            Self::Registered => by_id(&REGISTERED_ID.to_string()),
            Self::Unknown => by_id(&UNKNOWN_ID.to_string()),
        }
    }
}

/// A contact that items may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ContactSpec {
    /// By a `link_id` that its caller chose.
    LinkId(u128),
    /// By account, name and number.
    Described(AccountSpec, &'static str, &'static str),
}

impl ContactSpec {
    /// Contacts that differ in their `link_id`s alone.
    fn by_link_id() -> Vec<Self> {
        (1..=LINK_IDS).map(Self::LinkId).collect()
    }

    fn all() -> Vec<Self> {
        let described = ACCOUNTS.iter().flat_map(|account| {
            NAMES.iter().flat_map(|name| NUMBERS.iter().map(|number| Self::Described(*account, name, number)))
        });
        Self::by_link_id().into_iter().chain(described).collect()
    }

    fn link_id(self) -> Uuid {
        match self {
            Self::LinkId(number) => Uuid::from_u128(number),
            Self::Described(account, name, number) => {
                let AccountLookup::Found(account_id) = account.lookup() else {
                    unreachable!("contacts are described by accounts that exist");
                };
                ids::link_id(TENANT, account_id, name, number)
            }
        }
    }

    fn contact_id(self) -> u64 {
        ids::contact_id(TENANT, self.link_id())
    }

    /// An item that creates the contact.
    fn creation(self) -> ItemSpec {
        let (link_id, account, name, number) = match self {
            Self::LinkId(_) => (Some(self), ACCOUNTS[0], NAMES[0], NUMBERS[0]),
            Self::Described(account, name, number) => (None, account, name, number),
        };
        let fields = ModelFields {
            name: Some(name.to_owned()),
            mobile_number: Some(number.to_owned()),
            ..ModelFields::default()
        };
        ItemSpec { contact_id: None, link_id, account: Some(account), fields }
    }
}

/// An item, which both the model and the service can read.
#[derive(Debug, Clone)]
struct ItemSpec {
    contact_id: Option<ContactSpec>,
    link_id: Option<ContactSpec>,
    account: Option<AccountSpec>,
    fields: ModelFields,
}

impl ItemSpec {
    fn for_model(&self) -> ModelItem {
        ModelItem {
            contact_id: self.contact_id.map(ContactSpec::contact_id),
            link_id: self.link_id.map(ContactSpec::link_id),
            account: self.account.map_or(AccountLookup::NotNamed, AccountSpec::lookup),
            fields: self.fields.clone(),
        }
    }

    fn for_service(&self) -> Item {
        let ModelFields { name, mobile_number, contact_type, email, description } = &self.fields;
        let parse_type = |word: &String| ContactType::parse(word, &ContactTypes::default()).unwrap();
        Item {
            contact: ContactReference::new(
                self.contact_id.map(|contact| service_contact_id(contact.contact_id())),
                self.link_id.map(|contact| LinkId::parse(&contact.link_id().to_string()).unwrap()),
            ),
            account: self.account.map(AccountSpec::reference),
            fields: Fields {
                name: name.as_ref().map(|text| ContactName::parse(text).unwrap()),
                mobile_number: mobile_number.as_ref().map(|text| MobileNumber::parse(text).unwrap()),
                contact_type: contact_type.as_ref().map(parse_type),
                email: service_change(email, |text| Email::parse(text).unwrap()),
                description: service_change(description, |text| Description::parse(text).unwrap()),
            },
        }
    }

    /// The contact that the item means by the model.
    fn identify(&self) -> Result<IdentifiedItem, Refusal> {
        contacts_model::upsert::identify(TENANT, &self.for_model())
    }
}

fn service_contact_id(id: u64) -> ContactId {
    ContactId::parse(&id.to_string()).unwrap()
}

fn service_change<T>(change: &FieldChange, parse: impl Fn(&str) -> T) -> Change<T> {
    match change {
        FieldChange::Keep => Change::Keep,
        FieldChange::Clear => Change::Clear,
        FieldChange::Set(text) => Change::Set(parse(text)),
    }
}

/// An outcome of the service in the model's terms.
fn model_outcome(outcome: &Outcome) -> contacts_model::upsert::Outcome {
    match outcome {
        Ok(applied) => Ok(Upserted {
            effect: match applied.effect {
                Effect::Created => ModelEffect::Created,
                Effect::Updated => ModelEffect::Changed,
                Effect::Unchanged => ModelEffect::Unchanged,
            },
            contact_id: applied.contact_id.get(),
            link_id: Uuid::try_parse(&applied.link_id.to_string()).unwrap(),
            account_id: applied.account_id.get(),
        }),
        Err(error) if error.is_not_found() => Err(Refusal::NotFound),
        Err(_) => Err(Refusal::InvalidData),
    }
}

/// A contact of the service in the model's terms.
fn model_contact(contact: &Contact) -> ModelContact {
    ModelContact {
        link_id: Uuid::try_parse(&contact.link_id.to_string()).unwrap(),
        account_id: contact.account.get(),
        name: contact.name.as_str().to_owned(),
        mobile_number: contact.mobile_number.as_str().to_owned(),
        contact_type: contact.contact_type.as_str().to_owned(),
        email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
        description: contact.description.as_ref().map(|text| text.as_str().to_owned()),
    }
}

/// Whether the service reads a list's contacts before it writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstRead {
    /// As it does for a list of its own.
    Done,
    /// As for the rest of a long list that was new so far: it inserts first and reads what exists.
    Skipped,
}

/// A store with the registered account.
async fn start() -> TestStore {
    let test = TestStore::start().await;
    let id = AccountSpec::Registered.reference().id().unwrap();
    let registered = Account { id, code: None, name: None };
    let outcome = test.store.create_account(&context(), &tenant().name, &registered).await.unwrap();
    assert_eq!(outcome, WriteOutcome::Applied);
    test
}

/// Upserts one list.
async fn upsert_list(store: &Store, first_read: FirstRead, list: &[ItemSpec]) -> Vec<Outcome> {
    let heuristic = InsertHeuristic::default();
    if first_read == FirstRead::Skipped {
        heuristic.record_read(0);
    }
    let items: Vec<_> = list.iter().map(ItemSpec::for_service).collect();
    upsert_with(&heuristic, store, &tenant(), &context(), &items, &[]).await.unwrap()
}

/// The contacts that items of these tests can have created.
async fn stored_contacts(store: &Store) -> BTreeMap<u64, StoredContact> {
    let ids = ContactSpec::all().into_iter().map(|contact| service_contact_id(contact.contact_id()));
    let stored = store.contacts(&context(), &tenant().name, ids).await.unwrap();
    stored.into_iter().map(|(id, stored)| (id.get(), stored)).collect()
}

type Run = (Vec<contacts_model::upsert::Outcome>, Contacts);

/// Runs the service on lists, one after the other.
async fn run_service(lists: &[Vec<ItemSpec>], first_read: FirstRead) -> Run {
    let test = start().await;
    let mut outcomes = Vec::new();
    for list in lists {
        outcomes.extend(upsert_list(&test.store, first_read, list).await.iter().map(model_outcome));
    }
    let stored = stored_contacts(&test.store).await;
    let contacts = stored.iter().map(|(id, stored)| (*id, model_contact(&stored.contact))).collect();
    (outcomes, Contacts(contacts))
}

/// Runs the model on the items of lists, one after the other.
fn run_model(lists: &[Vec<ItemSpec>]) -> Run {
    let mut contacts = Contacts::default();
    let outcomes = lists.iter().flatten().map(|item| contacts.upsert(TENANT, &item.for_model())).collect();
    (outcomes, contacts)
}

fn any_of<const N: usize>(texts: [&'static str; N]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(texts.to_vec()).prop_map(str::to_owned))
}

fn any_change(texts: [&'static str; 2]) -> impl Strategy<Value = FieldChange> {
    prop_oneof![
        Just(FieldChange::Keep),
        Just(FieldChange::Clear),
        prop::sample::select(texts.to_vec()).prop_map(|text| FieldChange::Set(text.to_owned()))
    ]
}

/// The `contact_id` and the `link_id` of an item: none, one, both of one contact, or those of two contacts.
fn any_ids(contacts: Vec<ContactSpec>) -> impl Strategy<Value = (Option<ContactSpec>, Option<ContactSpec>)> {
    let contact = move || prop::sample::select(contacts.clone());
    prop_oneof![
        6 => Just((None, None)),
        4 => contact().prop_map(|contact| (None, Some(contact))),
        2 => contact().prop_map(|contact| (Some(contact), None)),
        2 => contact().prop_map(|contact| (Some(contact), Some(contact))),
        1 => (contact(), contact()).prop_map(|(one, other)| (Some(one), Some(other))),
    ]
}

/// An item that names one of these contacts by its ids, or any contact by account, name and number.
fn any_item(contacts: Vec<ContactSpec>) -> impl Strategy<Value = ItemSpec> {
    let account = prop_oneof![
        12 => prop::option::of(prop::sample::select(ACCOUNTS.to_vec())),
        1 => Just(Some(AccountSpec::Unknown)),
    ];
    let texts = (any_of(NAMES), any_of(NUMBERS), any_of(TYPES));
    (any_ids(contacts), account, texts, any_change(EMAILS), any_change(DESCRIPTIONS)).prop_map(
        |((contact_id, link_id), account, (name, mobile_number, contact_type), email, description)| {
            let fields = ModelFields { name, mobile_number, contact_type, email, description };
            ItemSpec { contact_id, link_id, account, fields }
        },
    )
}

/// Lists about many contacts, or about few, so that several items of a list mean the same one.
fn any_lists() -> impl Strategy<Value = Vec<Vec<ItemSpec>>> {
    let contacts = prop_oneof![Just(ContactSpec::all()), Just(ContactSpec::by_link_id())];
    contacts.prop_flat_map(|contacts| {
        prop::collection::vec(prop::collection::vec(any_item(contacts), 1..12), 1..4)
    })
}

fn any_first_read() -> impl Strategy<Value = FirstRead> {
    prop::sample::select(vec![FirstRead::Done, FirstRead::Skipped])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Of the contacts that exist, an item changes the one that it means and no other. If that one doesn't
    /// exist, the item creates it.
    #[test]
    fn item_touches_only_the_contact_that_it_means(
        existing in prop::sample::subsequence(ContactSpec::all(), 0..=15),
        item in any_item(ContactSpec::all()),
        first_read in any_first_read(),
    ) {
        let mut item = item;
        item.fields.description = FieldChange::Set("x".to_owned());
        let lists = [existing.iter().map(|contact| contact.creation()).collect(), vec![item.clone()]];
        let (outcomes, contacts) = Runtime::new().unwrap().block_on(run_service(&lists, first_read));
        let outcome = *outcomes.last().unwrap();
        let touched = contacts.0.iter().filter(|(_, contact)| contact.description.is_some());
        let touched: Vec<_> = touched.map(|(id, _)| *id).collect();
        let exists = |id| existing.iter().any(|contact| contact.contact_id() == id);
        match item.identify() {
            Ok(meant) if exists(meant.contact_id) => prop_assert_eq!(touched, [meant.contact_id]),
            Ok(_) if item.contact_id.is_some() => {
                prop_assert_eq!((touched, outcome), (vec![], Err(Refusal::NotFound)));
            }
            Ok(meant) if !touched.is_empty() => prop_assert_eq!(touched, [meant.contact_id]),
            Ok(_) => prop_assert_eq!(outcome, Err(Refusal::InvalidData)),
            Err(refusal) => prop_assert_eq!((touched, outcome), (vec![], Err(refusal))),
        }
    }

    /// Each item of a list has the outcome, and all together leave the contacts, of an upsert of its own.
    #[test]
    fn lists_have_the_outcomes_and_contacts_of_the_model(
        lists in any_lists(),
        first_read in any_first_read(),
    ) {
        let service = Runtime::new().unwrap().block_on(run_service(&lists, first_read));
        prop_assert_eq!(service, run_model(&lists));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// An item that changes nothing writes nothing: no revision differs afterwards.
    #[test]
    fn items_write_only_if_they_create_or_change(
        items in prop::collection::vec(any_item(ContactSpec::by_link_id()), 1..12),
    ) {
        Runtime::new().unwrap().block_on(async {
            let test = start().await;
            for item in items {
                let before = revisions(&test.store).await;
                let outcome = upsert_list(&test.store, FirstRead::Done, &[item]).await.remove(0);
                let writes = outcome.as_ref().is_ok_and(|applied| applied.effect != Effect::Unchanged);
                assert_eq!(before != revisions(&test.store).await, writes, "{outcome:?}");
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Validation has the outcomes, ids included, of the upsert that follows, and writes nothing.
    #[test]
    fn validation_has_the_outcomes_of_the_upsert_that_follows(lists in any_lists()) {
        Runtime::new().unwrap().block_on(async {
            let test = start().await;
            for list in lists {
                let items: Vec<_> = list.iter().map(ItemSpec::for_service).collect();
                let (validated, usage) = validate(&test.store, &items).await;
                prop_assert!(usage.write_units.abs() < f64::EPSILON);
                let upserted = upsert(&test.store, &tenant(), &context(), &items).await.unwrap();
                prop_assert_eq!(validated, upserted);
            }
            Ok(())
        })?;
    }
}

/// The revision of every contact.
async fn revisions(store: &Store) -> Vec<(u64, String)> {
    let stored = stored_contacts(store).await;
    stored.into_iter().map(|(id, stored)| (id, stored.revision.as_str().to_owned())).collect()
}
