//! The codes of errors, for callers that are programs (docs/api.md, "Codes").

use contacts_core::{json::ValueError, upsert::ItemError};
use serde::Serialize;

/// What kind of error an item of an upsert, or a param of a delete, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ErrorCode {
    /// A field, a param or an account that must be given is missing.
    Missing,
    /// The value is of another JSON type.
    WrongType,
    /// The value breaks a rule.
    InvalidValue,
    /// The param is not declared.
    UnknownParam,
    /// The param is given twice.
    DuplicateParam,
    /// Nothing has this id or name.
    NotFound,
    /// Ids or accounts disagree, an id is another's, or a contact is named twice.
    Conflict,
}

impl From<&ValueError> for ErrorCode {
    fn from(error: &ValueError) -> Self {
        match error {
            ValueError::Missing => Self::Missing,
            ValueError::WrongType(_) => Self::WrongType,
            ValueError::NotUnicode | ValueError::Invalid(_) => Self::InvalidValue,
            ValueError::Duplicate => Self::DuplicateParam,
            ValueError::Unknown(_) => Self::UnknownParam,
        }
    }
}

impl From<&ItemError> for ErrorCode {
    fn from(error: &ItemError) -> Self {
        match error {
            ItemError::ContactNotFound | ItemError::AccountNotFound => Self::NotFound,
            ItemError::FieldMissing(_) | ItemError::AccountMissing => Self::Missing,
            ItemError::IdsDisagree
            | ItemError::AccountsDisagree
            | ItemError::AccountIdTaken
            | ItemError::LinkIdCollides => Self::Conflict,
        }
    }
}
