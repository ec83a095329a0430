//! The contacts service, as both of its functions share it.
//!
//! | module | what lives there | what it knows of |
//! | --- | --- | --- |
//! | [`domain`] | tenants, accounts, contacts, tokens, and how ids are derived | nothing else |
//! | [`upsert`], [`delete`] | the two use cases | the domain, the store |
//! | [`store`] | the table: its keys, reads, conditional writes, retries and caches | DynamoDB |
//! | [`body`] | requests out of JSON, answers into JSON, in the contract's words | the domain, JSON |
//! | [`operation`] | an operation as a whole, within its time | all of the above |
//! | [`http`] | routes, authentication, status codes | API Gateway's requests |
//! | [`event`] | which kind an event is, and what its trigger wants to hear | Lambda's events |
//! | [`telemetry`] | what is told of an event: its log line, its metrics, its trace | all of the above |
//! | [`phases`] | when each phase of an event's work began and ended | nothing else |
//!
//! An event comes in at the bottom of this list and works its way up; nothing points down.

pub mod body;
mod concurrently;
pub mod delete;
pub mod domain;
pub mod event;
#[cfg(test)]
mod faults;
pub mod http;
pub mod operation;
pub mod phases;
pub mod store;
pub mod telemetry;
#[cfg(test)]
mod test_support;
pub mod upsert;
