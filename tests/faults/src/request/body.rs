//! The bodies of requests, and their JSON.

use std::collections::HashSet;

use contacts_model::contact::{FieldChange, Fields};
use serde_json::{Value, json};

use super::{
    account_params::{ACME, AccountParams},
    contact_ref::{ContactIds, ContactKey, ContactRef},
};
use crate::function::FunctionKind;

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

/// An item of an upsert.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The contact, unless it is named by account, name and number.
    pub(crate) contact: Option<ContactRef>,
    pub(crate) account: Option<AccountParams>,
    pub(crate) fields: Fields,
}

impl Upsert {
    /// Completes the items, so that they succeed whatever is stored.
    pub(crate) fn make_items_succeed(&mut self) {
        self.account.get_or_insert(ACME);
        for item in &mut self.items {
            item.contact = item.contact.map(|contact| ContactRef::LinkId(contact.key()));
            item.fields.name.get_or_insert_with(|| "name".to_owned());
            item.fields.mobile_number.get_or_insert_with(|| "067".to_owned());
        }
    }

    /// How many different accounts the items name.
    pub(super) fn distinct_accounts(&self) -> usize {
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

    /// The function that it is for.
    pub(crate) fn kind(&self) -> FunctionKind {
        match self {
            Self::Upsert(_) => FunctionKind::Upsert,
            Self::Delete(_) => FunctionKind::Delete,
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
    pub(super) fn json(&self, tenant: &str, ids: impl Fn(ContactKey) -> ContactIds) -> Value {
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
