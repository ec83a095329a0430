//! The contacts that every section writes, numbered from 0. Each has every attribute.

use contacts_core::{
    domain::{
        AccountCode, AccountReference, ContactName, ContactReference, ContactType, ContactTypes, Description,
        Email, LinkId, MobileNumber,
    },
    upsert::{Change, Fields, Item},
};
use serde_json::{Value, json};

use crate::error::Result;

/// The description of a new contact.
pub(crate) const DESCRIPTION: &str = "Prefers calls in the morning, between nine and eleven";

/// The description that a change sets.
pub(crate) const CHANGED_DESCRIPTION: &str = "Prefers calls in the evening, between six and eight";

/// The account of every contact.
const ACCOUNT_CODE: &str = "ACME-0001";

const CONTACT_TYPE: &str = "tech_spec";

/// Returns the contacts 0 to `count` - 1 as items of the use case.
pub(crate) fn items(count: u32, description: &str) -> Result<Vec<Item>> {
    (0..count).map(|number| item(number, description)).collect()
}

/// Returns a contact as an item of the use case.
pub(crate) fn item(number: u32, description: &str) -> Result<Item> {
    Ok(Item {
        contact: Some(ContactReference::LinkId(LinkId::parse(&link_id(number))?)),
        account: AccountReference::new(None, Some(AccountCode::parse(ACCOUNT_CODE)?), None),
        fields: Fields {
            name: Some(ContactName::parse(&name(number))?),
            mobile_number: Some(MobileNumber::parse(&mobile_number(number))?),
            contact_type: Some(ContactType::parse(CONTACT_TYPE, &ContactTypes::default())?),
            email: Change::Set(Email::parse(&email(number))?),
            description: Change::Set(Description::parse(description)?),
        },
    })
}

/// Returns the body of `POST /contacts` that creates these contacts.
pub(crate) fn upsert_body(numbers: impl IntoIterator<Item = u32>) -> Value {
    let items: Vec<_> = numbers
        .into_iter()
        .map(|number| {
            json!({
                "link_id": link_id(number),
                "contact_name": name(number),
                "contact_mobile_num": mobile_number(number),
                "contact_type": CONTACT_TYPE,
                "contact_email": email(number),
                "contact_desc": DESCRIPTION,
            })
        })
        .collect();
    json!({ "account_code": ACCOUNT_CODE, "list_items": items })
}

/// Returns the body of `POST /contacts/delete` that deletes these contacts.
pub(crate) fn delete_body(tenant: &str, numbers: impl IntoIterator<Item = u32>) -> Value {
    let contacts: Vec<_> = numbers.into_iter().map(|number| json!({ "link_id": link_id(number) })).collect();
    json!({ "tenant": tenant, "account_code": ACCOUNT_CODE, "contacts": contacts })
}

/// Returns the `link_id` of a contact.
pub(crate) fn link_id(number: u32) -> String {
    format!("91c615e3-1040-4815-8ecb-{number:012x}")
}

fn name(number: u32) -> String {
    format!("Olena Kovalenko the {number}th")
}

fn mobile_number(number: u32) -> String {
    format!("+38067{number:07}")
}

fn email(number: u32) -> String {
    format!("olena.kovalenko.{number}@customer.example.com")
}
