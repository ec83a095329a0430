//! The attributes of a contact.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    attributes::{Item, account_id_of, corrupt, optional_text, string, text},
    error::StoreError,
    keys::SK,
};
use crate::domain::{
    AccountId, Contact, ContactId, ContactName, ContactType, Description, Email, LinkId, MobileNumber,
};

/// The number of attributes that an upsert can change.
pub(super) const CHANGEABLE: usize = 6;

/// The value of an attribute, borrowed from a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContactValue<'c> {
    Account(AccountId),
    Text(&'c str),
}

impl From<ContactValue<'_>> for AttributeValue {
    fn from(value: ContactValue<'_>) -> Self {
        match value {
            ContactValue::Account(id) => Self::N(id.to_string()),
            ContactValue::Text(text) => string(text),
        }
    }
}

/// The attributes that an upsert can change, with a contact's values.
pub(super) fn changeable_attributes(
    contact: &Contact,
) -> [(&'static str, Option<ContactValue<'_>>); CHANGEABLE] {
    use ContactValue::{Account, Text};
    [
        ("account_id", Some(Account(contact.account))),
        ("contact_name", Some(Text(contact.name.as_str()))),
        ("contact_mobile_num", Some(Text(contact.mobile_number.as_str()))),
        ("contact_type", Some(Text(contact.contact_type.as_str()))),
        ("contact_email", contact.email.as_ref().map(|email| Text(email.as_str()))),
        ("contact_desc", contact.description.as_ref().map(|description| Text(description.as_str()))),
    ]
}

/// The attributes that an upsert can change, of those that a contact has.
pub(super) fn given_attributes(contact: &Contact) -> impl Iterator<Item = (&'static str, AttributeValue)> {
    changeable_attributes(contact).into_iter().filter_map(|(name, value)| Some((name, value?.into())))
}

/// The attributes of a contact, without those of its writes.
pub(super) fn contact_attributes(contact: &Contact) -> Item {
    let ids = [(SK, string(&contact.id.to_string())), ("link_id", string(&contact.link_id.to_string()))];
    ids.into_iter().chain(given_attributes(contact)).map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn contact_of(item: &Item) -> Result<Contact, StoreError> {
    let email = optional_text(item, "contact_email")?.map(Email::parse).transpose();
    let description = optional_text(item, "contact_desc")?.map(Description::parse).transpose();
    Ok(Contact {
        id: ContactId::parse(text(item, SK)?).map_err(corrupt(SK))?,
        link_id: LinkId::parse(text(item, "link_id")?).map_err(corrupt("link_id"))?,
        account: account_id_of(item)?,
        name: ContactName::parse_stored(text(item, "contact_name")?).map_err(corrupt("contact_name"))?,
        mobile_number: MobileNumber::parse_stored(text(item, "contact_mobile_num")?)
            .map_err(corrupt("contact_mobile_num"))?,
        contact_type: ContactType::stored(text(item, "contact_type")?.to_owned()),
        email: email.map_err(corrupt("contact_email"))?,
        description: description.map_err(corrupt("contact_desc"))?,
    })
}
