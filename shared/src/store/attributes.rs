//! Attributes of stored items, read and written. Stored values are parsed like a caller's: an item that was changed by
//! hand is an error, not a contact with gaps.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::error::StoreError;
use crate::domain::{AccountId, ValidationError};

/// An item of the table.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The string in an attribute.
pub(super) fn text<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, StoreError> {
    optional_text(item, name)?.ok_or(StoreError::no_valid(name))
}

/// The string in an attribute; `None` if the item doesn't have the attribute.
pub(super) fn optional_text<'i>(item: &'i Item, name: &'static str) -> Result<Option<&'i str>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(text)),
        Some(_) => Err(StoreError::no_valid(name)),
    }
}

/// The digits in a number attribute.
pub(super) fn digits<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, StoreError> {
    optional_digits(item, name)?.ok_or(StoreError::no_valid(name))
}

/// The digits in a number attribute; `None` if the item doesn't have the attribute.
pub(super) fn optional_digits<'i>(item: &'i Item, name: &'static str) -> Result<Option<&'i str>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::N(digits)) => Ok(Some(digits)),
        Some(_) => Err(StoreError::no_valid(name)),
    }
}

/// The strings in a list attribute.
pub(super) fn texts(item: &Item, name: &'static str) -> Result<Vec<String>, StoreError> {
    match item.get(name) {
        Some(AttributeValue::L(list)) => {
            list.iter().map(|value| value.as_s().cloned().map_err(|_| StoreError::no_valid(name))).collect()
        }
        _ => Err(StoreError::no_valid(name)),
    }
}

/// The account's id in an item of an account or of a contact.
pub(super) fn account_id_of(item: &Item) -> Result<AccountId, StoreError> {
    AccountId::parse(digits(item, "account_id")?).map_err(corrupt("account_id"))
}

/// A string attribute.
pub(super) fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A list attribute of strings.
pub(super) fn text_list<'t>(texts: impl IntoIterator<Item = &'t str>) -> AttributeValue {
    AttributeValue::L(texts.into_iter().map(string).collect())
}

/// Adds the attribute's name to a validation error.
pub(super) fn corrupt(attribute: &'static str) -> impl Fn(ValidationError) -> StoreError {
    move |error| StoreError::Corrupt { attribute, source: Some(error) }
}
