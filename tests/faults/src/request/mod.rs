//! What callers send, and its JSON.

mod account_params;
mod body;
mod contact_ref;
mod planned_request;

pub(crate) use account_params::{ACCOUNT_TEXTS, ACCOUNTS, ACME, AccountParams, BY_NAME_AND_NUMBER};
pub(crate) use body::{Body, Delete, Item, Upsert};
pub(crate) use contact_ref::{ContactIds, ContactKey, ContactRef};
pub(crate) use planned_request::{FULL_TIME, Request, Stall};
