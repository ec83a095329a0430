//! What an upsert is given and what it gives back, item by item.

use crate::domain::{
    AccountId, AccountReference, ContactId, ContactName, ContactType, Description, Email, LinkId,
    MobileNumber,
};

/// One item of a list, its values parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The contact that it names by id.
    pub contact_id: Option<ContactId>,
    /// The contact that it names by `link_id`.
    pub link_id: Option<LinkId>,
    /// The account that it names, or else the one that the list names.
    pub account: Option<AccountReference>,
    /// What it says about the contact.
    pub fields: Fields,
}

/// What an item says about a contact; what it doesn't mention stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// `contact_name`.
    pub name: Option<ContactName>,
    /// `contact_mobile_num`.
    pub mobile_number: Option<MobileNumber>,
    /// `contact_type`.
    pub kind: Option<ContactType>,
    /// `contact_email`.
    pub email: Change<Email>,
    /// `contact_desc`.
    pub description: Change<Description>,
}

/// What an item says about an optional field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Nothing: it stays as it is.
    #[default]
    Keep,
    /// That there is none (`null`).
    Clear,
    /// That it is this.
    Set(T),
}

/// What became of an item.
pub type Outcome = Result<Done, ItemError>;

/// An item that went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What it did to its contact.
    pub state: State,
    /// Its contact's `link_id`.
    pub link_id: LinkId,
    /// Its contact's id.
    pub contact_id: ContactId,
    /// The account that its contact belongs to now.
    pub account_id: AccountId,
}

/// What an item did to its contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There was none before.
    Created,
    /// It was there already, and is another now.
    Updated,
    /// It was there already, just as the item says; callers hear `updated` of this too.
    Unchanged,
}

/// Why an item did not go through, in the words that its caller reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// No contact has this `contact_id`.
    #[error("`contact_id` must be the id of a contact that exists")]
    ContactNotFound,
    /// No account has this `account_id`.
    #[error("`account_id` must be the id of an account that exists")]
    AccountNotFound,
    /// Both ids are given and belong to two contacts.
    #[error("`contact_id` and `link_id` must name the same contact")]
    IdsDisagree,
    /// Several account params are given and belong to different accounts.
    #[error(
        "`account_id`, `account_code` and `account_name` must name the same account where several are given"
    )]
    AccountsDisagree,
    /// The account isn't there yet, and another has the id that follows from the code or the name: an operator
    /// gave it that, or it is a coincidence.
    #[error(
        "`account_code`, or `account_name` alone, leads to the id of another account: give its `account_id` too if it \
         is meant, or have the account added under another id"
    )]
    AccountIdTaken,
    /// The contact isn't there yet, and the item lacks what a new one must have.
    #[error("`{0}` must be given to create a contact")]
    FieldMissing(&'static str),
    /// The contact isn't there yet, and neither the item nor the list says whose it is.
    #[error("one of `account_id`, `account_code` and `account_name` must be given to create a contact")]
    AccountMissing,
    /// By a rare coincidence, the `contact_id` that follows from this `link_id` is another contact's.
    #[error("`link_id` must be another UUID: by coincidence, this one leads to the id of another contact")]
    LinkIdCollides,
}

impl ItemError {
    /// Whether it is about something that does not exist, rather than about the item's data.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::ContactNotFound | Self::AccountNotFound)
    }
}
