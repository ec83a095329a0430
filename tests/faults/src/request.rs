//! What callers send, and its JSON.

use std::{collections::HashSet, time::Duration};

use contacts_model::contact::{FieldChange, Fields};
use serde_json::{Value, json};
use uuid::Uuid;

/// The time limit of a function on Lambda.
pub(crate) const FULL_TIME: Duration = Duration::from_secs(29);

/// A request, and how its caller sends it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The body.
    pub(crate) body: Body,
    /// The time limit of the invocation.
    pub(crate) time_limit: Duration,
    /// Which of the function's calls to the store stay unanswered.
    pub(crate) stall: Option<Stall>,
    /// How often the caller sends it, while there are faults, before it goes on to its next request.
    pub(crate) max_tries: usize,
    /// Whether it starts a new process of the function, as after a shutdown.
    pub(crate) needs_new_function: bool,
}

/// The calls to the store that stay unanswered, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stall {
    /// This call and all after it. The function runs out of time.
    From(usize),
    /// This call. The function abandons it and retries.
    Only(usize),
}

impl Stall {
    /// Whether the call of this number stays unanswered.
    pub(crate) fn includes(self, number: usize) -> bool {
        match self {
            Self::From(first) => number >= first,
            Self::Only(one) => number == one,
        }
    }
}

impl Request {
    /// Whether the function may have several calls to the store open at once.
    pub(crate) fn makes_concurrent_calls(&self) -> bool {
        match &self.body {
            Body::Upsert(upsert) => upsert.items.len() > 25 || upsert.distinct_accounts() > 1,
            Body::Delete(delete) => delete.contacts.len() > 100,
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Upsert(Upsert),
    Delete(Delete),
}

/// The body of an upsert.
#[derive(Debug, Clone)]
pub(crate) struct Upsert {
    /// The account of the items that name none.
    pub(crate) account: Option<AccountParams>,
    pub(crate) items: Vec<Item>,
}

/// The body of a delete.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) account: AccountParams,
    pub(crate) contacts: Vec<ContactRef>,
}

/// The params by which a request names an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AccountParams {
    Code(&'static str),
    Name(&'static str),
    CodeAndName(&'static str, &'static str),
}

/// The account that most contacts are on.
pub(crate) const ACME: AccountParams = AccountParams::Code("ACME");
const ACME_BY_BOTH: AccountParams = AccountParams::CodeAndName("ACME", "Acme Ltd");
const OTHER: AccountParams = AccountParams::Code("OTHER");
const LATE: AccountParams = AccountParams::Code("LATE");
const LATE_BY_NAME: AccountParams = AccountParams::Name("Late Ltd");
const LATE_BY_BOTH: AccountParams = AccountParams::CodeAndName("LATE", "Late Ltd");

/// The accounts to draw from, repeated by how often they are drawn.
pub(crate) const ACCOUNTS: [AccountParams; 12] =
    [ACME, ACME, ACME, ACME, ACME, ACME, ACME_BY_BOTH, ACME_BY_BOTH, OTHER, LATE, LATE_BY_NAME, LATE_BY_BOTH];

/// The codes and names of all accounts.
pub(crate) const ACCOUNT_TEXTS: [&str; 5] = ["ACME", "Acme Ltd", "OTHER", "LATE", "Late Ltd"];

/// The name and the number of contacts that items name without an id.
pub(crate) const BY_NAME_AND_NUMBER: [(&str, &str); 2] = [("Ann", "067_1"), ("Eve", "067_3")];

/// The ids by which a request names a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactRef {
    LinkId(ContactKey),
    ContactId(ContactKey),
    Both(ContactKey),
}

/// A contact whose ids are known before a schedule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ContactKey {
    /// A contact with a `link_id` that the callers chose.
    Number(usize),
    /// Ann of the account ACME, with the `link_id` that the service derives.
    Ann,
}

/// The ids of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContactIds {
    pub(crate) link_id: Uuid,
    pub(crate) contact_id: u64,
}

/// An item of an upsert.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The contact, unless it is named by account, name and number.
    pub(crate) contact: Option<ContactRef>,
    pub(crate) account: Option<AccountParams>,
    pub(crate) fields: Fields,
}

impl ContactRef {
    /// The contact.
    pub(crate) fn key(self) -> ContactKey {
        match self {
            Self::LinkId(key) | Self::ContactId(key) | Self::Both(key) => key,
        }
    }

    /// The `contact_id` and the `link_id` that are given.
    pub(crate) fn given(self, ids: ContactIds) -> (Option<u64>, Option<Uuid>) {
        match self {
            Self::LinkId(_) => (None, Some(ids.link_id)),
            Self::ContactId(_) => (Some(ids.contact_id), None),
            Self::Both(_) => (Some(ids.contact_id), Some(ids.link_id)),
        }
    }

    /// Adds `offset` to the number of a numbered contact.
    fn shift(&mut self, offset: usize) {
        let (Self::LinkId(key) | Self::ContactId(key) | Self::Both(key)) = self;
        if let ContactKey::Number(number) = key {
            *number += offset;
        }
    }

    fn write(self, object: &mut Value, ids: ContactIds) {
        let (contact_id, link_id) = self.given(ids);
        if let Some(link_id) = link_id {
            object["link_id"] = json!(link_id.to_string());
        }
        if let Some(contact_id) = contact_id {
            object["contact_id"] = json!(contact_id);
        }
    }
}

impl AccountParams {
    /// The code, where there is one.
    pub(crate) fn code(self) -> Option<&'static str> {
        match self {
            Self::Code(code) | Self::CodeAndName(code, _) => Some(code),
            Self::Name(_) => None,
        }
    }

    /// The name, where there is one.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Name(name) | Self::CodeAndName(_, name) => Some(name),
            Self::Code(_) => None,
        }
    }

    fn write(self, object: &mut Value) {
        if let Some(code) = self.code() {
            object["account_code"] = json!(code);
        }
        if let Some(name) = self.name() {
            object["account_name"] = json!(name);
        }
    }
}

impl Upsert {
    fn distinct_accounts(&self) -> usize {
        let accounts = self.items.iter().filter_map(|item| item.account.or(self.account));
        accounts.collect::<HashSet<_>>().len()
    }
}

impl Body {
    /// Adds `offset` to the number of each numbered contact.
    pub(crate) fn shift(&mut self, offset: usize) {
        match self {
            Self::Upsert(upsert) => {
                let contacts = upsert.items.iter_mut().filter_map(|item| item.contact.as_mut());
                contacts.for_each(|contact| contact.shift(offset));
            }
            Self::Delete(delete) => delete.contacts.iter_mut().for_each(|contact| contact.shift(offset)),
        }
    }

    /// The contacts that are named by their ids.
    pub(crate) fn contact_keys(&self) -> Vec<ContactKey> {
        match self {
            Self::Upsert(upsert) => {
                upsert.items.iter().filter_map(|item| item.contact).map(ContactRef::key).collect()
            }
            Self::Delete(delete) => delete.contacts.iter().map(|contact| contact.key()).collect(),
        }
    }

    /// The path that it is sent to.
    pub(crate) fn path(&self) -> &'static str {
        match self {
            Self::Upsert(_) => "/contacts",
            Self::Delete(_) => "/contacts/delete",
        }
    }

    /// Writes the body as JSON.
    pub(crate) fn json(&self, tenant: &str, ids: impl Fn(ContactKey) -> ContactIds) -> Value {
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
                let contact = |contact: &ContactRef| {
                    let mut object = json!({});
                    contact.write(&mut object, ids(contact.key()));
                    object
                };
                body["contacts"] = delete.contacts.iter().map(contact).collect();
            }
        }
        body
    }
}

impl Item {
    fn json(&self, ids: impl Fn(ContactKey) -> ContactIds) -> Value {
        let mut item = json!({});
        if let Some(contact) = self.contact {
            contact.write(&mut item, ids(contact.key()));
        }
        if let Some(account) = self.account {
            account.write(&mut item);
        }
        let Fields { name, mobile_number, contact_type, email, description } = &self.fields;
        let values = [
            ("contact_name", name.as_ref().map(|name| json!(name))),
            ("contact_mobile_num", mobile_number.as_ref().map(|number| json!(number))),
            ("contact_type", contact_type.as_ref().map(|word| json!(word))),
            ("contact_email", change_json(email)),
            ("contact_desc", change_json(description)),
        ];
        for (field, value) in values {
            if let Some(value) = value {
                item[field] = value;
            }
        }
        item
    }
}

fn change_json(change: &FieldChange) -> Option<Value> {
    match change {
        FieldChange::Keep => None,
        FieldChange::Clear => Some(Value::Null),
        FieldChange::Set(value) => Some(json!(value)),
    }
}
