//! Input and output of a deletion.

use std::collections::BTreeMap;

use crate::{
    domain::{AccountReference, Contact, ContactReference},
    store::{Kept, KeyBinding, StoreError},
};

/// Why contacts were not deleted (docs/api.md, "Delete contacts of an account").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// There is no such account.
    #[error("the account does not exist")]
    UnknownAccount,
    /// The account params belong to different accounts.
    #[error("the account params name different accounts")]
    AccountsDisagree,
    /// A contact is listed twice.
    #[error("a contact is named twice")]
    DuplicateContact,
    /// Some contacts belong to the account, and all others to other accounts.
    #[error("some contacts are on other accounts")]
    SomeOnOtherAccounts,
    /// None of the contacts belongs to the account.
    #[error("no contact is on the account")]
    NoneFound,
    /// Some contacts belong to the account, and at least one of the others doesn't exist.
    #[error("some contacts do not exist")]
    NotAllFound,
    /// The deleted contacts would not fit into the answer.
    #[error("the answer would be too large")]
    AnswerTooLarge,
    /// The idempotency key is bound to another body.
    #[error("the idempotency key is bound to another body")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The contacts to delete.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// The account.
    pub account: AccountReference,
    /// The contacts: at least one.
    pub contacts: Vec<ContactReference>,
    /// The idempotency key, if the request has one.
    pub key: Option<DeletionKey>,
}

/// A deletion that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// With a key, the date of the first answer; `None` without one.
    pub processing_date: Option<String>,
}

/// Deleted contacts, with the state in which they were deleted, by position in the request.
pub type Deleted = BTreeMap<usize, Contact>;

/// The idempotency key of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionKey {
    /// The key and the body of the request.
    pub binding: KeyBinding,
    /// Which data of the contacts is kept for the answer to a repeated request.
    pub kept: Kept,
}
