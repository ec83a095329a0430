//! The contract's rules on items in the plainest words, and what `upsert` does held against them: which
//! contact an item means, and what a list of items makes of contacts, one item after the other. A contact is
//! here what somebody calls it; that ids are derived, or what a table is, isn't known to the model.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::*;
use crate::{
    domain::{
        Account, AccountId, AccountReference, ContactId, ContactName, ContactType, ContactTypes, Description,
        Email, LinkId, MobileNumber,
    },
    test_support::{TestStore, by_code, by_id, link_id, operation, tenant},
};

/// An account that an item may name. The last is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Whose {
    CodeA,
    CodeB,
    Registered,
    Nobody,
}

const ACCOUNTS: [Whose; 3] = [Whose::CodeA, Whose::CodeB, Whose::Registered];
const NAMES: [&str; 2] = ["Ann", "Bob"];
const NUMBERS: [&str; 2] = ["067_1", "2"];
const LINKS: u8 = 3;

/// What a contact is known by, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Who {
    /// A `link_id` of its caller's own.
    Link(u8),
    /// The account, the name and the number that it was created with.
    Described(Whose, &'static str, &'static str),
}

fn everybody() -> Vec<Who> {
    let described = ACCOUNTS.iter().flat_map(|whose| {
        NAMES.iter().flat_map(|name| NUMBERS.iter().map(|number| Who::Described(*whose, name, number)))
    });
    (0..LINKS).map(Who::Link).chain(described).collect()
}

/// What an item says.
#[derive(Debug, Clone)]
struct Said {
    contact_id: Option<Who>,
    link_id: Option<Who>,
    whose: Option<Whose>,
    name: Option<&'static str>,
    number: Option<&'static str>,
    kind: Option<&'static str>,
    email: Change<&'static str>,
    description: Change<&'static str>,
}

/// A contact, as the model has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    whose: Whose,
    name: &'static str,
    number: &'static str,
    kind: &'static str,
    email: Option<&'static str>,
    description: Option<&'static str>,
}

/// What becomes of an item, in the contract's words; `updated` is told apart by whether anything changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Created(Who, Whose),
    Updated(Who, Whose),
    Unchanged(Who, Whose),
    NotFound,
    Invalid,
}

/// Which contact an item means, and whether it must be there already (contract: "Which contact an item
/// means").
fn meant(said: &Said) -> Result<(Who, bool), Word> {
    if said.whose == Some(Whose::Nobody) {
        return Err(Word::NotFound);
    }
    match (said.contact_id, said.link_id) {
        (Some(one), Some(other)) if one != other => Err(Word::Invalid),
        (Some(who), _) => Ok((who, true)),
        (None, Some(who)) => Ok((who, false)),
        (None, None) => match (said.whose, said.name, said.number) {
            (Some(whose), Some(name), Some(number)) => Ok((Who::Described(whose, name, number), false)),
            _ => Err(Word::Invalid),
        },
    }
}

/// An upsert of a single item.
fn upsert_one(contacts: &mut BTreeMap<Who, Known>, said: &Said) -> Result<Word, Word> {
    let (who, must_exist) = meant(said)?;
    let before = contacts.get(&who).cloned();
    let mut contact = match before.clone() {
        Some(contact) => contact,
        None if must_exist => return Err(Word::NotFound),
        None => Known {
            whose: said.whose.ok_or(Word::Invalid)?,
            name: said.name.ok_or(Word::Invalid)?,
            number: said.number.ok_or(Word::Invalid)?,
            kind: "main_contact",
            email: None,
            description: None,
        },
    };
    contact.whose = said.whose.unwrap_or(contact.whose);
    contact.name = said.name.unwrap_or(contact.name);
    contact.number = said.number.unwrap_or(contact.number);
    contact.kind = said.kind.unwrap_or(contact.kind);
    for (field, said) in [(&mut contact.email, &said.email), (&mut contact.description, &said.description)] {
        match said {
            Change::Keep => {}
            Change::Clear => *field = None,
            Change::Set(text) => *field = Some(text),
        }
    }
    let whose = contact.whose;
    contacts.insert(who, contact.clone());
    Ok(match before {
        None => Word::Created(who, whose),
        Some(before) if before == contact => Word::Unchanged(who, whose),
        Some(_) => Word::Updated(who, whose),
    })
}

fn reference(whose: Whose) -> AccountReference {
    match whose {
        Whose::CodeA => by_code("A"),
        Whose::CodeB => by_code("B"),
        Whose::Registered => by_id("3"),
        Whose::Nobody => by_id("77"),
    }
}

fn account_id(whose: Whose) -> AccountId {
    let reference = reference(whose);
    reference.id().or_else(|| Some(reference.new_account(&tenant().name)?.id)).unwrap()
}

fn link_of(who: Who) -> LinkId {
    match who {
        Who::Link(number) => link_id(number.into()),
        Who::Described(whose, name, number) => {
            let (name, number) = (ContactName::parse(name).unwrap(), MobileNumber::parse(number).unwrap());
            LinkId::derive(&tenant().name, account_id(whose), &name, &number)
        }
    }
}

fn id_of(who: Who) -> ContactId {
    ContactId::derive(&tenant().name, link_of(who))
}

fn item(said: &Said) -> Item {
    let kind = said.kind.map(|word| ContactType::parse(word, &ContactTypes::default()).unwrap());
    Item {
        contact_id: said.contact_id.map(id_of),
        link_id: said.link_id.map(link_of),
        account: said.whose.map(reference),
        fields: Fields {
            name: said.name.map(|text| ContactName::parse(text).unwrap()),
            mobile_number: said.number.map(|text| MobileNumber::parse(text).unwrap()),
            kind,
            email: change(&said.email, |text| Email::parse(text).unwrap()),
            description: change(&said.description, |text| Description::parse(text).unwrap()),
        },
    }
}

fn change<T>(said: &Change<&'static str>, parse: impl Fn(&'static str) -> T) -> Change<T> {
    match said {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(text) => Change::Set(parse(text)),
    }
}

fn word(outcome: &Outcome, who: &HashMap<(ContactId, LinkId), Who>) -> Word {
    let whose = |id| *ACCOUNTS.iter().find(|whose| account_id(**whose) == id).unwrap();
    match outcome {
        Ok(done) => {
            let who = who[&(done.contact_id, done.link_id)];
            let whose = whose(done.account_id);
            match done.state {
                State::Created => Word::Created(who, whose),
                State::Updated => Word::Updated(who, whose),
                State::Unchanged => Word::Unchanged(who, whose),
            }
        }
        Err(error) if error.is_not_found() => Word::NotFound,
        Err(_) => Word::Invalid,
    }
}

/// What the service makes of lists that are sent one after the other, as it takes them by themselves, or, unread,
/// as the rest of a long list of which all was new so far.
async fn really(lists: &[Vec<Said>], unread: bool) -> (Vec<Word>, BTreeMap<Who, Known>) {
    let test = TestStore::start().await;
    let registered = Account { id: account_id(Whose::Registered), code: None, name: None };
    assert!(test.store.register_account(&tenant().name, &registered).await.unwrap());
    let who: HashMap<_, _> = everybody().into_iter().map(|who| ((id_of(who), link_of(who)), who)).collect();
    let mut words = Vec::new();
    for list in lists {
        let items: Vec<_> = list.iter().map(item).collect();
        let seen = Seen::default();
        if unread {
            seen.note(0);
        }
        let outcomes = upsert_having_seen(&seen, &test.store, &tenant(), &operation(), &items).await.unwrap();
        words.extend(outcomes.iter().map(|outcome| word(outcome, &who)));
    }
    let stored = test.store.contacts(&tenant().name, who.keys().map(|(id, _)| *id)).await.unwrap();
    let known = stored.into_values().map(|stored| {
        let contact = stored.contact;
        let one_of = |text: &str, all: &[&'static str]| *all.iter().find(|one| **one == text).unwrap();
        let known = Known {
            whose: *ACCOUNTS.iter().find(|whose| account_id(**whose) == contact.account).unwrap(),
            name: one_of(contact.name.as_str(), &NAMES),
            number: one_of(contact.mobile_number.as_str(), &NUMBERS),
            kind: one_of(contact.kind.as_str(), &KINDS),
            email: contact.email.map(|email| one_of(email.as_str(), &EMAILS)),
            description: contact.description.map(|text| one_of(text.as_str(), &DESCRIPTIONS)),
        };
        (who[&(contact.id, contact.link_id)], known)
    });
    (words, known.collect())
}

/// What the model makes of them.
fn plainly(lists: &[Vec<Said>]) -> (Vec<Word>, BTreeMap<Who, Known>) {
    let mut contacts = BTreeMap::new();
    let words =
        lists.iter().flatten().map(|said| upsert_one(&mut contacts, said).unwrap_or_else(|word| word));
    (words.collect(), contacts)
}

const KINDS: [&str; 2] = ["main_contact", "tech_spec"];
const EMAILS: [&str; 2] = ["a@b", "c@d"];
const DESCRIPTIONS: [&str; 2] = ["", "x"];

fn one_of<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Option<T>> + use<T> {
    prop::option::of(prop::sample::select(all.to_vec()))
}

fn any_change(all: [&'static str; 2]) -> impl Strategy<Value = Change<&'static str>> {
    prop_oneof![
        Just(Change::Keep),
        Just(Change::Clear),
        prop::sample::select(all.to_vec()).prop_map(Change::Set)
    ]
}

/// How an item names its contact: by nothing, by one id, by both of one contact, or by those of two.
fn any_naming() -> impl Strategy<Value = (Option<Who>, Option<Who>)> {
    let who = || prop::sample::select(everybody());
    prop_oneof![
        6 => Just((None, None)),
        4 => who().prop_map(|who| (None, Some(who))),
        2 => who().prop_map(|who| (Some(who), None)),
        2 => who().prop_map(|who| (Some(who), Some(who))),
        1 => (who(), who()).prop_map(|(one, other)| (Some(one), Some(other))),
    ]
}

fn any_item() -> impl Strategy<Value = Said> {
    let whose = prop_oneof![12 => one_of(&ACCOUNTS), 1 => Just(Some(Whose::Nobody))];
    let fields = (one_of(&NAMES), one_of(&NUMBERS), one_of(&KINDS));
    (any_naming(), whose, fields, any_change(EMAILS), any_change(DESCRIPTIONS)).prop_map(
        |((contact_id, link_id), whose, (name, number, kind), email, description)| Said {
            contact_id,
            link_id,
            whose,
            name,
            number,
            kind,
            email,
            description,
        },
    )
}

/// An item that creates a contact, whoever it is.
fn creation(who: Who) -> Said {
    let (link_id, whose, name, number) = match who {
        Who::Link(_) => (Some(who), Whose::CodeA, NAMES[0], NUMBERS[0]),
        Who::Described(whose, name, number) => (None, whose, name, number),
    };
    Said {
        contact_id: None,
        link_id,
        whose: Some(whose),
        name: Some(name),
        number: Some(number),
        kind: None,
        email: Change::Keep,
        description: Change::Keep,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Of those who are there, the item touches the one that it means, and nobody else; of those who are
    /// not, it creates that one.
    #[test]
    fn an_item_means_the_contact_that_the_contract_says(
        there in prop::sample::subsequence(everybody(), 0..=15),
        item in any_item(),
        unread in any::<bool>(),
    ) {
        let item = Said { description: Change::Set("x"), ..item };
        let lists = [there.iter().copied().map(creation).collect(), vec![item.clone()]];
        let (words, contacts) = Runtime::new().unwrap().block_on(really(&lists, unread));
        let touched = contacts.iter().filter(|(_, contact)| contact.description.is_some());
        let touched: Vec<_> = touched.map(|(who, _)| *who).collect();
        let last = words.last().copied();
        match meant(&item) {
            Ok((who, _)) if there.contains(&who) => prop_assert_eq!(touched, [who]),
            Ok((_, true)) => prop_assert_eq!((touched, last), (vec![], Some(Word::NotFound))),
            Ok((who, false)) if !touched.is_empty() => prop_assert_eq!(touched, [who]),
            Ok((_, false)) => prop_assert_eq!(last, Some(Word::Invalid)),
            Err(word) => prop_assert_eq!((touched, last), (vec![], Some(word))),
        }
    }

    /// However items are put into lists, each has the word, and all together leave the contacts, that an
    /// upsert of its own would have had and left.
    #[test]
    fn lists_come_to_what_a_plain_model_says(
        lists in prop::collection::vec(prop::collection::vec(any_item(), 1..12), 1..4),
        unread in any::<bool>(),
    ) {
        prop_assert_eq!(Runtime::new().unwrap().block_on(really(&lists, unread)), plainly(&lists));
    }
}
