//! What callers send, its JSON, and the events of the triggers.

mod account_params;
mod body;
mod caller_plan;
mod contact_ref;
mod planned_request;
mod trigger;

pub(crate) use account_params::{
    ACCOUNT_TEXTS, ACCOUNTS, ACCOUNTS_OF_ONE_ID, ACME, AccountParams, BY_NAME_AND_NUMBER,
};
pub(crate) use body::{Body, Delete, Item, Upsert};
pub(crate) use caller_plan::CallerPlan;
pub(crate) use contact_ref::{ContactIds, ContactKey, ContactRef};
pub(crate) use planned_request::{FULL_TIME, Mode, Request, Stall};
pub(crate) use trigger::{Delivery, Trigger, message_id, message_key_hash};
