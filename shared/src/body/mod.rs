//! Requests out of JSON and answers into JSON, in the contract's words, for every way a request can come.
//!
//! A body is read in two steps, because who may ask for what is known only in between: its params as raw
//! text first ([`UpsertBody::read`], [`DeleteBody::read`]), then their values. Each value is looked at by
//! itself, so that one bad item is that item's fault alone, and its text is looked at as it came, so that
//! a long number loses no digit and a key given twice doesn't go unnoticed.

mod account;
mod delete;
mod item;
mod json;
mod upsert;

pub use delete::{DeleteAnswer, DeleteBody, DeleteProblem, DeletedContacts};
pub use item::ITEM_FIELDS;
pub use json::{Fault, Object};
pub use upsert::{UpsertAnswer, UpsertBody, UpsertList, WrongBody};
