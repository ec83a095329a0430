//! The domain types: tenants, accounts, contacts, the tokens that callers present, and how ids are derived from one
//! another.
//!
//! Each type can hold only what the contract allows. Its `parse` constructor is the only place that checks raw input
//! against the type's rules; code that has the type checks nothing again. Nothing in here knows JSON, HTTP or DynamoDB.

mod account;
mod contact;
mod contact_reference;
mod derived_id;
mod idempotency_key;
mod spelling;
mod tenant;
mod token;
mod validation;

pub use account::{Account, AccountCode, AccountId, AccountName, AccountReference};
pub use contact::{
    Contact, ContactId, ContactName, ContactType, Description, Email, LinkId, MobileNumber, Revision,
};
pub use contact_reference::ContactReference;
pub use idempotency_key::{BodyDigest, IdempotencyKey};
pub use spelling::comparison_form;
pub use tenant::{ContactTypes, Tenant, TenantName, TimeZone};
pub use token::{Right, Secret, SecretDigest, Token, TokenGrant};
pub use validation::{ValidationError, bytes_in_answer};
