//! An item of `list_items`.

use serde_json::value::RawValue;

use super::{
    account::account_reference,
    object::Object,
    value::{self, ValueError},
};
use crate::{
    domain::{
        AccountReference, ContactId, ContactName, ContactReference, ContactType, ContactTypes, Description,
        Email, LinkId, MobileNumber,
    },
    upsert::{Change, Fields, Item},
};

/// The fields of an item (docs/api.md).
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

/// [`ITEM_FIELDS`], in the text of an error.
const KNOWN: &str = "contact_id, link_id, account_id, account_code, account_name, contact_name, \
                     contact_mobile_num, contact_type, contact_email and contact_desc";

/// An item that can't be read. Its text is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {error}", subject(.param.as_deref()))]
pub struct InvalidItem {
    /// The item's `link_id`, if that can be read.
    pub link_id: Option<LinkId>,
    /// The field that is wrong; `None` if it is the whole item.
    pub param: Option<String>,
    /// What is wrong with it.
    #[source]
    pub error: ValueError,
}

fn subject(param: Option<&str>) -> String {
    param.map_or_else(|| "an item".to_owned(), |param| format!("`{param}`"))
}

/// Reads an item. `account` is the account of the list, for an item that gives none.
pub fn read_item(
    value: &RawValue,
    dictionary: &ContactTypes,
    account: Option<&AccountReference>,
) -> Result<Item, InvalidItem> {
    let Some(object) = Object::read(value.get()) else {
        return Err(InvalidItem { link_id: None, param: None, error: ValueError::WrongType("an object") });
    };
    parse(&object, dictionary, account).map_err(|(name, error)| InvalidItem {
        link_id: object.get("link_id").and_then(|value| value::string(value, LinkId::parse).ok()),
        param: Some(name),
        error,
    })
}

fn parse(
    object: &Object<'_>,
    dictionary: &ContactTypes,
    account: Option<&AccountReference>,
) -> Result<Item, (String, ValueError)> {
    if let Some(unexpected) = object.unexpected_params(&ITEM_FIELDS, KNOWN).next() {
        return Err(unexpected);
    }
    let own_account = account_reference(object).map_err(|errors| {
        let (name, error) = errors.into_iter().next().expect("an error has at least one param");
        (name.to_owned(), error)
    })?;
    let contact_id = field(object, "contact_id", |value| value::id(value, ContactId::parse))?;
    let link_id = field(object, "link_id", |value| value::string(value, LinkId::parse))?;
    Ok(Item {
        contact: ContactReference::new(contact_id, link_id),
        account: own_account.or_else(|| account.cloned()),
        fields: Fields {
            name: field(object, "contact_name", |value| value::string(value, ContactName::parse))?,
            mobile_number: field(object, "contact_mobile_num", |value| {
                value::string_or_digits(value, MobileNumber::parse)
            })?,
            contact_type: field(object, "contact_type", |value| {
                value::string(value, |word| ContactType::parse(word, dictionary))
            })?,
            email: optional(object, "contact_email", |value| value::string(value, Email::parse))?,
            description: optional(object, "contact_desc", |value| value::string(value, Description::parse))?,
        },
    })
}

fn field<T>(
    object: &Object<'_>,
    name: &str,
    read: impl Fn(&RawValue) -> Result<T, ValueError>,
) -> Result<Option<T>, (String, ValueError)> {
    object.get(name).map(read).transpose().map_err(|error| (name.to_owned(), error))
}

fn optional<T>(
    object: &Object<'_>,
    name: &str,
    read: impl Fn(&RawValue) -> Result<T, ValueError>,
) -> Result<Change<T>, (String, ValueError)> {
    match object.get(name) {
        None => Ok(Change::Keep),
        Some(value) if value::is_null(value) => Ok(Change::Clear),
        Some(value) => match read(value) {
            Ok(value) => Ok(Change::Set(value)),
            Err(ValueError::WrongType(_)) => {
                Err((name.to_owned(), ValueError::WrongType("a string or null")))
            }
            Err(error) => Err((name.to_owned(), error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_clears_an_optional_field_and_a_missing_one_is_kept() {
        let read = |json| read_item(serde_json::from_str(json).unwrap(), &ContactTypes::default(), None);
        let item = read(r#"{"contact_email": null}"#).unwrap();
        assert_eq!((item.fields.email, item.fields.description), (Change::Clear, Change::Keep));
        let error = read(r#"{"contact_name": null}"#).unwrap_err();
        assert_eq!(error.to_string(), "`contact_name` must be a string");
    }

    fn rejected(json: &str) -> String {
        let dictionary = ContactTypes::default();
        read_item(serde_json::from_str(json).unwrap(), &dictionary, None).unwrap_err().to_string()
    }

    #[test]
    fn error_names_the_field_or_the_item() {
        assert_eq!(rejected("1"), "an item must be an object");
        assert_eq!(rejected(r#"{"contact_email": 1}"#), "`contact_email` must be a string or null");
        assert_eq!(rejected(r#"{"contact_desc": {}}"#), "`contact_desc` must be a string or null");
        assert_eq!(rejected(r#"{"contact_id": 1, "contact_id": 1}"#), "`contact_id` must be given only once");
        let unknown = rejected(r#"{"contact_id": 1, "nick": 2}"#);
        assert!(unknown.starts_with("`nick` is not known here; known are contact_id, link_id,"), "{unknown}");
    }
}
