//! The attributes of a contact.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    accounts::account_id_of,
    attributes::{Item, corrupt, optional_text, string, text},
    error::StoreError,
    keys::SK,
};
use crate::domain::{Contact, ContactId, ContactName, ContactType, Description, Email, LinkId, MobileNumber};

/// The number of attributes that an upsert can change.
pub(super) const CHANGEABLE: usize = 6;

/// The attributes that an upsert can change, with a contact's values.
pub(super) fn changeable_attributes(
    contact: &Contact,
) -> [(&'static str, Option<AttributeValue>); CHANGEABLE] {
    [
        ("account_id", Some(AttributeValue::N(contact.account.to_string()))),
        ("contact_name", Some(string(contact.name.as_str()))),
        ("contact_mobile_num", Some(string(contact.mobile_number.as_str()))),
        ("contact_type", Some(string(contact.contact_type.as_str()))),
        ("contact_email", contact.email.as_ref().map(|email| string(email.as_str()))),
        ("contact_desc", contact.description.as_ref().map(|description| string(description.as_str()))),
    ]
}

/// The attributes of a contact, without those of its writes.
pub(super) fn contact_attributes(contact: &Contact) -> Item {
    let ids = [(SK, string(&contact.id.to_string())), ("link_id", string(&contact.link_id.to_string()))];
    let given = changeable_attributes(contact).into_iter().filter_map(|(name, value)| Some((name, value?)));
    ids.into_iter().chain(given).map(|(name, value)| (name.to_owned(), value)).collect()
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
