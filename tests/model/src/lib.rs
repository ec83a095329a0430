//! A model of the contract: its rules in memory, in the plainest code possible.
//!
//! The property tests of `shared`, the fault-injection harness (`tests/faults`) and the fuzz targets (`fuzz`)
//! compare the service with this model. It shares no code with the service, so an error in one of them shows
//! as a difference. Its API speaks JSON, strings, numbers and UUIDs.
//!
//! Each rule names the section of the contract that it comes from, as in (contract: "Upsert").
//!
//! | module | contents |
//! | --- | --- |
//! | [`ids`] | how ids are derived |
//! | [`contact`] | a contact, and what an item says about its fields |
//! | [`upsert`] | which contact an item means, and what an upsert does to it |
//! | [`delete`] | what a delete answers, given where its contacts are |
//! | [`request`] | which request bodies and items are valid |
//! | [`response`] | which responses the contract allows |
//!
//! Not modelled: how accounts are looked up and created (callers pass the result of the look-up,
//! [`upsert::AccountLookup`]), tokens and rights, routes, and failures of the store.

pub mod contact;
pub mod delete;
pub mod ids;
pub mod request;
pub mod response;
pub mod upsert;
