//! Parsed bodies, encoded as JSON again.

use contacts_core::{
    delete::Deletion,
    domain::{AccountReference, ContactReference},
    upsert::{Change, Item},
};
use serde_json::{Map, Value, json};

/// Encodes an item of an upsert.
#[must_use]
pub fn item(item: &Item) -> Value {
    let mut object: Map<_, _> = item.contact.iter().flat_map(contact).collect();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    };
    let fields = &item.fields;
    put("contact_name", fields.name.as_ref().map(|name| json!(name.as_str())));
    put("contact_mobile_num", fields.mobile_number.as_ref().map(|number| json!(number.as_str())));
    put("contact_type", fields.contact_type.as_ref().map(|word| json!(word.as_str())));
    put("contact_email", change(&fields.email, |email| email.as_str()));
    put("contact_desc", change(&fields.description, |description| description.as_str()));
    object.extend(item.account.iter().flat_map(account));
    Value::Object(object)
}

fn change<T>(change: &Change<T>, text: impl Fn(&T) -> &str) -> Option<Value> {
    match change {
        Change::Keep => None,
        Change::Clear => Some(Value::Null),
        Change::Set(value) => Some(json!(text(value))),
    }
}

/// Encodes the body of a delete.
#[must_use]
pub fn deletion(deletion: &Deletion) -> Value {
    let contacts: Vec<_> = deletion.contacts.iter().map(|one| Value::Object(contact(one))).collect();
    let mut body =
        Map::from_iter([("tenant".to_owned(), json!("zegoal")), ("contacts".to_owned(), json!(contacts))]);
    body.extend(account(&deletion.account));
    Value::Object(body)
}

/// Encodes the ids of a contact.
fn contact(reference: &ContactReference) -> Map<String, Value> {
    let contact_id = match reference {
        ContactReference::ContactId(id) | ContactReference::Both(id, _) => Some(id),
        ContactReference::LinkId(_) => None,
    };
    let contact_id = contact_id.map(|id| ("contact_id".to_owned(), json!(id.get())));
    let link_id = reference.link_id().map(|id| ("link_id".to_owned(), json!(id.to_string())));
    [contact_id, link_id].into_iter().flatten().collect()
}

/// Encodes the params that name an account.
fn account(reference: &AccountReference) -> Map<String, Value> {
    let id = reference.id().map(|id| ("account_id".to_owned(), json!(id.to_string())));
    let code = reference.code().map(|code| ("account_code".to_owned(), json!(code.as_str())));
    let name = reference.name().map(|name| ("account_name".to_owned(), json!(name.as_str())));
    [id, code, name].into_iter().flatten().collect()
}
