//! What the service is about, as types that can only hold what the contract allows: tenants, accounts,
//! contacts, the tokens callers show, and how their ids follow from one another.
//!
//! Raw input becomes one of these types in its `parse` constructor, the only place where its rules
//! stand; whoever holds the type checks nothing again. Nothing in here knows of JSON, HTTP or DynamoDB.

mod account;
mod contact;
mod derived_id;
mod rule;
mod tenant;
mod token;

pub use account::{Account, AccountCode, AccountId, AccountName, AccountReference};
pub use contact::{
    Contact, ContactId, ContactName, ContactType, Description, Email, LinkId, MobileNumber, Revision,
};
pub use rule::Rule;
pub use tenant::{ContactTypes, Tenant, TenantName, TimeZone};
pub use token::{Right, Rights, Secret, SecretDigest, Token, TokenGrant};
