//! What callers send, and how it looks as JSON.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

/// The time that a function has on Lambda.
pub(crate) const FULL_TIME: Duration = Duration::from_secs(29);

/// What a caller sends, and how it goes about it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What is sent.
    pub(crate) body: Body,
    /// How long the function may take.
    pub(crate) time_limit: Duration,
    /// Which of its calls to the store aren't answered while the function waits for them.
    pub(crate) stall: Option<Stall>,
    /// How often it is sent, while there are faults, until there is an answer.
    pub(crate) tries: usize,
    /// Whether the caller's function was shut down since its last request.
    pub(crate) on_a_new_function: bool,
}

/// Calls of a request that aren't answered, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stall {
    /// This one, and all after it: time runs out.
    From(usize),
    /// This one. The function gives it up after a while and calls again.
    Only(usize),
}

impl Stall {
    /// Whether the call of this number isn't answered.
    pub(crate) fn is_at(self, number: usize) -> bool {
        match self {
            Self::From(first) => number >= first,
            Self::Only(one) => number == one,
        }
    }
}

impl Request {
    /// Whether the function can have several calls to the store under way at once.
    pub(crate) fn calls_at_once(&self) -> bool {
        match &self.body {
            Body::Upsert(upsert) => upsert.items.len() > 25 || upsert.accounts() > 1,
            Body::Delete(delete) => delete.contacts.len() > 100,
        }
    }
}

/// A request's body.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Upsert(Upsert),
    Delete(Delete),
}

/// Contacts to create or update.
#[derive(Debug, Clone)]
pub(crate) struct Upsert {
    /// The account of the items that name none.
    pub(crate) account: Option<Account>,
    pub(crate) items: Vec<Item>,
}

/// Contacts to delete.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) account: Account,
    pub(crate) contacts: Vec<Id>,
}

/// An account, as a request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    pub(crate) code: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
}

pub(crate) const ACME: Account = Account { code: Some("ACME"), name: None };
const ACME_BY_BOTH: Account = Account { code: Some("ACME"), name: Some("Acme Ltd") };
const OTHER: Account = Account { code: Some("OTHER"), name: None };
const LATE: Account = Account { code: Some("LATE"), name: None };
const LATE_BY_NAME: Account = Account { code: None, name: Some("Late Ltd") };
const LATE_BY_BOTH: Account = Account { code: Some("LATE"), name: Some("Late Ltd") };

/// All accounts, the one that most contacts are on more often than others.
pub(crate) const ACCOUNTS: [Account; 12] =
    [ACME, ACME, ACME, ACME, ACME, ACME, ACME_BY_BOTH, ACME_BY_BOTH, OTHER, LATE, LATE_BY_NAME, LATE_BY_BOTH];

/// Contacts that are named by account, name and number: those of one account, and one of whichever.
pub(crate) const BY_NAME_AND_NUMBER: [(&str, &str); 2] = [("Ann", "067_1"), ("Eve", "067_3")];

/// One of a contact's ids. Both follow from the number of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Id {
    Link(Named),
    Contact(Named),
    Both(Named),
}

/// A contact that a plan knows the ids of beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    /// By a `link_id` that the callers made up.
    Number(u32),
    /// Ann of the account ACME, by the `link_id` that the service makes up.
    Ann,
}

impl Named {
    /// The `link_id` of a numbered contact.
    pub(crate) fn made_up_link_id(number: u32) -> Uuid {
        Uuid::from_u128(0x0a0a_0000_0000_4000_8000_0000_0000_0000 + u128::from(number))
    }
}

/// One item of an upsert.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// By which id the contact is named; by none, it is by account, name and number.
    pub(crate) id: Option<Id>,
    pub(crate) account: Option<Account>,
    pub(crate) fields: Fields,
}

/// What an item says about a contact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    pub(crate) name: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) email: Change,
    pub(crate) description: Change,
}

/// What an item says about a field that a contact needn't have.
#[derive(Debug, Clone, Default)]
pub(crate) enum Change {
    #[default]
    Keep,
    Clear,
    Set(String),
}

impl Change {
    fn json(&self) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Value::Null),
            Self::Set(value) => Some(json!(value)),
        }
    }
}

impl Id {
    /// The contact.
    pub(crate) fn named(self) -> Named {
        match self {
            Self::Link(named) | Self::Contact(named) | Self::Both(named) => named,
        }
    }

    /// Whether it says that the contact must be there.
    pub(crate) fn must_exist(self) -> bool {
        !matches!(self, Self::Link(_))
    }

    /// The same id of the contact whose number is greater by this.
    fn shift(&mut self, by: u32) {
        let (Self::Link(named) | Self::Contact(named) | Self::Both(named)) = self;
        if let Named::Number(number) = named {
            *number += by;
        }
    }

    fn write(self, into: &mut Value, ids: impl Fn(Named) -> (String, u64)) {
        let (link_id, contact_id) = ids(self.named());
        if !matches!(self, Self::Contact(_)) {
            into["link_id"] = json!(link_id);
        }
        if !matches!(self, Self::Link(_)) {
            into["contact_id"] = json!(contact_id);
        }
    }
}

impl Account {
    fn write(self, into: &mut Value) {
        if let Some(code) = self.code {
            into["account_code"] = json!(code);
        }
        if let Some(name) = self.name {
            into["account_name"] = json!(name);
        }
    }
}

impl Upsert {
    /// How many accounts its items name.
    fn accounts(&self) -> usize {
        let accounts = self.items.iter().filter_map(|item| item.account.or(self.account));
        accounts.collect::<std::collections::HashSet<_>>().len()
    }
}

impl Body {
    /// Makes it about the contacts whose numbers are greater by this.
    pub(crate) fn shift(&mut self, by: u32) {
        match self {
            Self::Upsert(upsert) => {
                upsert.items.iter_mut().filter_map(|item| item.id.as_mut()).for_each(|id| id.shift(by));
            }
            Self::Delete(delete) => delete.contacts.iter_mut().for_each(|id| id.shift(by)),
        }
    }

    /// Where it is sent.
    pub(crate) fn path(&self) -> &'static str {
        match self {
            Self::Upsert(_) => "/contacts",
            Self::Delete(_) => "/contacts/delete",
        }
    }

    /// The body as JSON, given the ids of the contacts that it names.
    pub(crate) fn json(&self, tenant: &str, ids: impl Fn(Named) -> (String, u64)) -> Value {
        let mut body = json!({ "tenant": tenant });
        match self {
            Self::Upsert(upsert) => {
                if let Some(account) = upsert.account {
                    account.write(&mut body);
                }
                body["list_items"] = upsert.items.iter().map(|item| item.json(&ids)).collect();
            }
            Self::Delete(delete) => {
                delete.account.write(&mut body);
                let contact = |id: &Id| {
                    let mut contact = json!({});
                    id.write(&mut contact, &ids);
                    contact
                };
                body["contacts"] = delete.contacts.iter().map(contact).collect();
            }
        }
        body
    }
}

impl Item {
    fn json(&self, ids: impl Fn(Named) -> (String, u64)) -> Value {
        let mut item = json!({});
        if let Some(id) = self.id {
            id.write(&mut item, ids);
        }
        if let Some(account) = self.account {
            account.write(&mut item);
        }
        let Fields { name, number, kind, email, description } = &self.fields;
        let said = [
            ("contact_name", name.as_ref().map(|name| json!(name))),
            ("contact_mobile_num", number.as_ref().map(|number| json!(number))),
            ("contact_type", kind.map(|kind| json!(kind))),
            ("contact_email", email.json()),
            ("contact_desc", description.json()),
        ];
        for (field, value) in said {
            if let Some(value) = value {
                item[field] = value;
            }
        }
        item
    }
}
