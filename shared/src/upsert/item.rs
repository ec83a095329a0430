//! Input and output of an upsert: items and their outcomes.

use crate::{
    domain::{
        AccountId, AccountReference, ContactId, ContactName, ContactReference, ContactType, Description,
        Email, LinkId, MobileNumber,
    },
    store::KeyBinding,
};

/// One item of a list, its values parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The contact, if the item gives one of its ids.
    pub contact: Option<ContactReference>,
    /// The account that the item gives, or else the list.
    pub account: Option<AccountReference>,
    /// The fields of the contact.
    pub fields: Fields,
}

/// The fields of an item. Fields that are missing leave the contact's values unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// `contact_name`.
    pub name: Option<ContactName>,
    /// `contact_mobile_num`.
    pub mobile_number: Option<MobileNumber>,
    /// `contact_type`.
    pub contact_type: Option<ContactType>,
    /// `contact_email`.
    pub email: Change<Email>,
    /// `contact_desc`.
    pub description: Change<Description>,
}

/// The change of an optional field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// The field is missing: the value stays.
    #[default]
    Keep,
    /// The field is `null`: the value is removed.
    Clear,
    /// The field has a value, which is stored.
    Set(T),
}

/// A part of a list: the items of one request or one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The position after its last item.
    pub end: usize,
    /// Its idempotency key, if it has one.
    pub key: Option<KeyBinding>,
}

/// The outcome of an item.
pub type Outcome = Result<AppliedItem, ItemError>;

/// An item that was applied, with the contact after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedItem {
    /// The effect on the contact.
    pub effect: Effect,
    /// The contact's `link_id`.
    pub link_id: LinkId,
    /// The contact's id.
    pub contact_id: ContactId,
    /// The contact's account.
    pub account_id: AccountId,
}

/// The effect of an item on its contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The contact was created.
    Created,
    /// The contact existed and was changed.
    Updated,
    /// The contact existed with the same values. The result of the API says `updated`.
    Unchanged,
}

/// Why an item was rejected, in the words that the caller reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// No contact has this `contact_id`.
    #[error("`contact_id` must be the id of a contact that exists")]
    ContactNotFound,
    /// No account has this `account_id`.
    #[error("`account_id` must be the id of an account that exists")]
    AccountNotFound,
    /// Both ids are given and belong to different contacts.
    #[error("`contact_id` and `link_id` must name the same contact")]
    IdsDisagree,
    /// The account params belong to different accounts.
    #[error(
        "`account_id`, `account_code` and `account_name` must name the same account where several are given"
    )]
    AccountsDisagree,
    /// The account doesn't exist, and another account has the id that is derived from its code or name: an operator chose
    /// that id, or it is a coincidence.
    #[error(
        "`account_code`, or `account_name` alone, leads to the id of another account: give its `account_id` too if it \
         is meant, or have the account added under another id"
    )]
    AccountIdTaken,
    /// The contact doesn't exist, and the item lacks a field that a new contact must have.
    #[error("`{0}` must be given to create a contact")]
    FieldMissing(&'static str),
    /// The contact doesn't exist, and neither the item nor the list gives an account.
    #[error("one of `account_id`, `account_code` and `account_name` must be given to create a contact")]
    AccountMissing,
    /// By a rare coincidence, the `contact_id` that is derived from this `link_id` belongs to another contact.
    #[error("`link_id` must be another UUID: by coincidence, this one leads to the id of another contact")]
    LinkIdCollides,
}

impl ItemError {
    /// The field that is wrong; `None` if it is no single field.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::ContactNotFound => Some("contact_id"),
            Self::AccountNotFound => Some("account_id"),
            Self::LinkIdCollides => Some("link_id"),
            Self::FieldMissing(field) => Some(field),
            Self::IdsDisagree | Self::AccountsDisagree | Self::AccountIdTaken | Self::AccountMissing => None,
        }
    }

    /// Whether the reason is something that doesn't exist, rather than the item's data.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::ContactNotFound | Self::AccountNotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_has_its_field_unless_it_is_about_several() {
        for (error, field, is_not_found) in [
            (ItemError::ContactNotFound, Some("contact_id"), true),
            (ItemError::AccountNotFound, Some("account_id"), true),
            (ItemError::LinkIdCollides, Some("link_id"), false),
            (ItemError::FieldMissing("contact_name"), Some("contact_name"), false),
            (ItemError::IdsDisagree, None, false),
            (ItemError::AccountsDisagree, None, false),
            (ItemError::AccountIdTaken, None, false),
            (ItemError::AccountMissing, None, false),
        ] {
            assert_eq!((error.field(), error.is_not_found()), (field, is_not_found), "{error}");
        }
    }
}
