//! The contacts that everything is measured with: each has every attribute that there is.

use contacts::{
    domain::{
        AccountCode, AccountReference, ContactName, ContactType, ContactTypes, Description, Email, LinkId,
        MobileNumber,
    },
    upsert::{Change, Fields, Item},
};
use serde_json::{Value, json};

use crate::Failure;

/// How many contacts the largest list has that the service takes.
pub(crate) const COUNT: u32 = 10_000;

/// The account that the contacts belong to, by its code.
pub(crate) const ACCOUNT_CODE: &str = "ACME-0001";

/// What a contact's description is at first.
pub(crate) const FIRST: &str = "Prefers calls in the morning, between nine and eleven";

/// What it is changed to.
pub(crate) const SECOND: &str = "Prefers calls in the evening, between six and eight";

/// The first `count` contacts as the use case takes them.
pub(crate) fn items(count: u32, description: &str) -> Result<Vec<Item>, Failure> {
    (0..count).map(|number| item(number, description)).collect()
}

/// The contact of a number as the use case takes it.
pub(crate) fn item(number: u32, description: &str) -> Result<Item, Failure> {
    Ok(Item {
        contact_id: None,
        link_id: Some(LinkId::parse(&link_id(number))?),
        account: AccountReference::new(None, Some(AccountCode::parse(ACCOUNT_CODE)?), None),
        fields: Fields {
            name: Some(ContactName::parse(&name(number))?),
            mobile_number: Some(MobileNumber::parse(&mobile_number(number))?),
            kind: Some(ContactType::parse(KIND, &ContactTypes::default())?),
            email: Change::Set(Email::parse(&email(number))?),
            description: Change::Set(Description::parse(description)?),
        },
    })
}

/// The contacts of these numbers as the body of `POST /contacts`.
pub(crate) fn upsert_body(numbers: impl IntoIterator<Item = u32>) -> Value {
    let items: Vec<_> = numbers
        .into_iter()
        .map(|number| {
            json!({
                "link_id": link_id(number),
                "contact_name": name(number),
                "contact_mobile_num": mobile_number(number),
                "contact_type": KIND,
                "contact_email": email(number),
                "contact_desc": FIRST,
            })
        })
        .collect();
    json!({ "account_code": ACCOUNT_CODE, "list_items": items })
}

/// The body of `POST /contacts/delete` for the contacts of these numbers.
pub(crate) fn delete_body(tenant: &str, numbers: impl IntoIterator<Item = u32>) -> Value {
    let contacts: Vec<_> = numbers.into_iter().map(|number| json!({ "link_id": link_id(number) })).collect();
    json!({ "tenant": tenant, "account_code": ACCOUNT_CODE, "contacts": contacts })
}

const KIND: &str = "tech_spec";

fn link_id(number: u32) -> String {
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
