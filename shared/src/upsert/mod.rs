//! The use case "create or update contacts": a list of items, with one outcome each, in list order.
//!
//! 1. [`accounts`] finds the account of each item, and creates accounts that the tenant lacks, as [`account_plan`] says.
//! 2. [`identity`] finds the contact of each item and groups the items by contact.
//! 3. [`chunk`] processes chunks of groups independently: read the contacts, [`apply`] the items to them in memory, write
//!    what differs, and repeat for contacts that another caller changed in the meantime. In a long list of new contacts,
//!    only the first chunks are read ([`insert_heuristic`]).
//!
//! Before the first write, [`start`] binds the idempotency keys of the request. A contact that an earlier delivery of the same
//! request has created is recognised by its [`creation`].

mod account_plan;
#[cfg(test)]
mod account_tests;
mod accounts;
mod apply;
mod chunk;
mod creation;
mod error;
mod identity;
mod insert_heuristic;
mod item;
#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod model;
mod resolved_accounts;
mod start;
#[cfg(test)]
mod tests;
mod use_case;

pub use error::UpsertError;
pub use item::{AppliedItem, Change, Effect, Fields, Item, ItemError, Outcome, Section};
pub use use_case::{upsert, upsert_sections};
