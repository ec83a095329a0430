//! What a contact is to its callers: nothing, or some fields, changed by one operation after the other.
//! This is the contract over again, in as few words as possible, and knows nothing of how the service
//! does it.

use crate::{
    answer::{Shown, Word},
    request::{Change, Fields},
};

/// A contact that is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Contact {
    pub(crate) account: u64,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) email: Option<String>,
    pub(crate) description: Option<String>,
    /// The invocation that created it, if its function didn't hear of that.
    pub(crate) created_unheard_by: Option<usize>,
}

/// One item about the contact, its account known.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) must_exist: bool,
    pub(crate) account: Option<u64>,
    pub(crate) fields: Fields,
}

/// What an item came to: the word, and where the contact is then.
pub(crate) type ItemEnd = (Word, Option<u64>);

/// What happened to a contact at one moment, as its caller, or whoever looked, knows.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The items of an invocation were applied, and came to this.
    Upserted(usize, Vec<Item>, Vec<ItemEnd>),
    /// They were applied, and nobody knows what they came to.
    UpsertedUnheard(usize, Vec<Item>),
    /// It was deleted from an account, and looked like this.
    Deleted(u64, Shown),
    /// It was deleted from an account, and nobody knows what it looked like.
    DeletedUnheard(u64),
    /// It was there and on this account.
    OnAccount(u64),
    /// It was not there, or on another account than this.
    NotOnAccount(u64),
    /// It was not there.
    Missing,
    /// It was there.
    There,
    /// It looked like this.
    Is(Option<Contact>),
}

/// Something that can't have happened to a contact as it was.
#[derive(Debug)]
pub(crate) struct Impossible;

impl Event {
    /// What the contact is after this, if this can have happened to it as it was.
    pub(crate) fn apply(&self, before: Option<&Contact>) -> Result<Option<Contact>, Impossible> {
        let is_on = |account: &u64| before.is_some_and(|contact| contact.account == *account);
        // Whoever finds the contact that it has created itself must know it as its own.
        let created_it = |by: &usize| before.is_some_and(|contact| contact.created_unheard_by == Some(*by));
        let (is_possible, after) = match self {
            Self::Upserted(by, items, ends) => {
                let (after, came_to) = upsert(before, items);
                (came_to == *ends && !created_it(by), after)
            }
            Self::UpsertedUnheard(by, items) => {
                let after = upsert(before, items).0;
                let is_created = before.is_none();
                let after =
                    after.map(|contact| if is_created { contact.created_unheard_by(*by) } else { contact });
                (!created_it(by), after)
            }
            Self::Deleted(account, shown) => {
                (is_on(account) && before.is_some_and(|contact| contact.looks_like(shown)), None)
            }
            Self::DeletedUnheard(account) => (is_on(account), None),
            Self::OnAccount(account) => (is_on(account), before.cloned()),
            Self::NotOnAccount(account) => (!is_on(account), before.cloned()),
            Self::Missing => (before.is_none(), None),
            Self::There => (before.is_some(), before.cloned()),
            Self::Is(contact) => {
                let seen = before.map(|contact| Contact { created_unheard_by: None, ..contact.clone() });
                (*contact == seen, before.cloned())
            }
        };
        if is_possible { Ok(after) } else { Err(Impossible) }
    }
}

impl Contact {
    fn created_unheard_by(self, by: usize) -> Self {
        Self { created_unheard_by: Some(by), ..self }
    }

    fn looks_like(&self, shown: &Shown) -> bool {
        self.name == shown.contact_name
            && self.number == shown.contact_mobile_num
            && self.kind == shown.contact_type
            && self.email == shown.contact_email
            && self.description == shown.contact_desc
    }
}

fn upsert(before: Option<&Contact>, items: &[Item]) -> (Option<Contact>, Vec<ItemEnd>) {
    let mut contact = before.cloned();
    let mut ends = Vec::with_capacity(items.len());
    for item in items {
        let was_there = contact.is_some();
        let after = match contact.as_ref() {
            Some(contact) => Some(item.change(contact.clone())),
            None if item.must_exist => None,
            None => item.create(),
        };
        ends.push(match &after {
            Some(after) if was_there => (Word::Updated, Some(after.account)),
            Some(after) => (Word::Created, Some(after.account)),
            None if item.must_exist => (Word::EntityNotFound, None),
            None => (Word::InvalidEntityData, None),
        });
        contact = after.or(contact);
    }
    (contact, ends)
}

impl Item {
    fn create(&self) -> Option<Contact> {
        let new = Contact {
            account: self.account?,
            name: self.fields.name.clone()?,
            number: self.fields.number.clone()?,
            kind: "main_contact".to_owned(),
            email: None,
            description: None,
            created_unheard_by: None,
        };
        Some(self.change(new))
    }

    fn change(&self, mut contact: Contact) -> Contact {
        let Fields { name, number, kind, email, description } = self.fields.clone();
        contact.account = self.account.unwrap_or(contact.account);
        contact.name = name.unwrap_or(contact.name);
        contact.number = number.unwrap_or(contact.number);
        contact.kind = kind.map_or(contact.kind, str::to_owned);
        contact.email = email.of(contact.email);
        contact.description = description.of(contact.description);
        contact
    }
}

impl Change {
    fn of(self, before: Option<String>) -> Option<String> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
