//! The core of the contacts service: its domain types, its table and its two use cases. It knows nothing of Lambda, HTTP
//! or metrics; the crate `contacts-handler` turns events into calls of this one. "The contract" in comments is what
//! `docs/api.md` promises to callers.
//!
//! | module | what lives there | its dependencies |
//! | --- | --- | --- |
//! | [`domain`] | tenants, accounts, contacts, tokens, and how ids are derived | nothing else |
//! | [`context`] | what belongs to one operation: its id, deadline, usage and phases | nothing else |
//! | [`store`] | the DynamoDB table: keys, reads, conditional writes, retries, caches | the domain, the context |
//! | [`upsert`], [`delete`] | the two use cases | the domain, the context, the store |
//! | [`json`] | the fields of an item in JSON, and a reader of JSON objects | the domain, [`upsert`]'s item |

mod concurrency;
pub mod context;
pub mod delete;
pub mod domain;
#[cfg(test)]
mod faults;
pub mod json;
pub mod store;
#[cfg(test)]
mod test_support;
pub mod upsert;
