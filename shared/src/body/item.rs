//! An item of `list_items`.

use serde_json::value::RawValue;

use super::{
    account,
    json::{self, Fault, Object},
};
use crate::{
    domain::{
        AccountReference, ContactId, ContactName, ContactType, ContactTypes, Description, Email, LinkId,
        MobileNumber,
    },
    upsert::{Change, Fields, Item},
};

/// What an item of an upsert's list may hold (contract).
pub const ITEM_FIELDS: [&str; 10] = [
    "contact_id",
    "link_id",
    "account_id",
    "account_code",
    "account_name",
    "contact_name",
    "contact_mobile_num",
    "contact_type",
    "contact_email",
    "contact_desc",
];

/// [`ITEM_FIELDS`], for a caller to read.
const KNOWN: &str = "contact_id, link_id, account_id, account_code, account_name, contact_name, \
                     contact_mobile_num, contact_type, contact_email and contact_desc";

/// An item that can't be read: which contact it was about, as far as that is known, and one sentence on
/// what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadItem {
    pub(super) link_id: Option<LinkId>,
    pub(super) sentence: String,
}

/// Reads an item. `account` is the list's, for an item that names none of its own.
pub(super) fn read(
    value: &RawValue,
    dictionary: &ContactTypes,
    account: Option<&AccountReference>,
) -> Result<Item, BadItem> {
    let Some(object) = Object::read(value.get()) else {
        return Err(BadItem { link_id: None, sentence: "an item must be an object".to_owned() });
    };
    parse(&object, dictionary, account).map_err(|(name, fault)| BadItem {
        link_id: object.get("link_id").and_then(|value| json::string(value, LinkId::parse).ok()),
        sentence: format!("`{name}` {fault}"),
    })
}

fn parse(
    object: &Object<'_>,
    dictionary: &ContactTypes,
    account: Option<&AccountReference>,
) -> Result<Item, (String, Fault)> {
    if let Some(stray) = object.strays(&ITEM_FIELDS, KNOWN).next() {
        return Err(stray);
    }
    let own_account = account::reference(object).map_err(|faults| {
        let first = faults.into_iter().next().unwrap_or(("account_id", Fault::Missing));
        (first.0.to_owned(), first.1)
    })?;
    Ok(Item {
        contact_id: field(object, "contact_id", |value| json::id(value, ContactId::parse))?,
        link_id: field(object, "link_id", |value| json::string(value, LinkId::parse))?,
        account: own_account.or_else(|| account.cloned()),
        fields: Fields {
            name: field(object, "contact_name", |value| json::string(value, ContactName::parse))?,
            mobile_number: field(object, "contact_mobile_num", |value| {
                json::string_or_digits(value, MobileNumber::parse)
            })?,
            kind: field(object, "contact_type", |value| {
                json::string(value, |word| ContactType::parse(word, dictionary))
            })?,
            email: optional(object, "contact_email", |value| json::string(value, Email::parse))?,
            description: optional(object, "contact_desc", |value| json::string(value, Description::parse))?,
        },
    })
}

fn field<T>(
    object: &Object<'_>,
    name: &str,
    read: impl Fn(&RawValue) -> Result<T, Fault>,
) -> Result<Option<T>, (String, Fault)> {
    object.get(name).map(read).transpose().map_err(|fault| (name.to_owned(), fault))
}

fn optional<T>(
    object: &Object<'_>,
    name: &str,
    read: impl Fn(&RawValue) -> Result<T, Fault>,
) -> Result<Change<T>, (String, Fault)> {
    match object.get(name) {
        None => Ok(Change::Keep),
        Some(value) if json::is_null(value) => Ok(Change::Clear),
        Some(value) => match read(value) {
            Ok(value) => Ok(Change::Set(value)),
            Err(Fault::WrongType(_)) => Err((name.to_owned(), Fault::WrongType("a string or null"))),
            Err(fault) => Err((name.to_owned(), fault)),
        },
    }
}
