//! Items to domain types. What comes out of the table is parsed like what comes from a caller: an item
//! that somebody changed by hand is an error that says so, not a contact with holes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::StoreError;
use crate::domain::Rule;

/// An item as DynamoDB hands it out.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The string in an attribute.
pub(super) fn text<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, StoreError> {
    optional_text(item, name)?.ok_or(StoreError::Corrupt(name))
}

/// The string in an attribute, if the attribute is there.
pub(super) fn optional_text<'i>(item: &'i Item, name: &'static str) -> Result<Option<&'i str>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(text)),
        Some(_) => Err(StoreError::Corrupt(name)),
    }
}

/// The digits in a number attribute.
pub(super) fn digits<'i>(item: &'i Item, name: &'static str) -> Result<&'i str, StoreError> {
    optional_digits(item, name)?.ok_or(StoreError::Corrupt(name))
}

/// The digits in a number attribute, if the attribute is there.
pub(super) fn optional_digits<'i>(item: &'i Item, name: &'static str) -> Result<Option<&'i str>, StoreError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::N(digits)) => Ok(Some(digits)),
        Some(_) => Err(StoreError::Corrupt(name)),
    }
}

/// The strings in a list attribute.
pub(super) fn texts(item: &Item, name: &'static str) -> Result<Vec<String>, StoreError> {
    match item.get(name) {
        Some(AttributeValue::L(list)) => {
            list.iter().map(|value| value.as_s().cloned().map_err(|_| StoreError::Corrupt(name))).collect()
        }
        _ => Err(StoreError::Corrupt(name)),
    }
}

/// A list attribute of strings.
pub(super) fn text_list<'t>(texts: impl IntoIterator<Item = &'t str>) -> AttributeValue {
    AttributeValue::L(texts.into_iter().map(|text| AttributeValue::S(text.to_owned())).collect())
}

/// Says which attribute broke a rule.
pub(super) fn corrupt(name: &'static str) -> impl Fn(Rule) -> StoreError {
    move |_| StoreError::Corrupt(name)
}
