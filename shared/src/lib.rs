//! The contacts service, as both of its functions share it.
//!
//! | module | what lives there | what it knows of |
//! | --- | --- | --- |
//! | [`domain`] | tenants, accounts, contacts, tokens, and how ids are derived | nothing else |
//! | [`store`] | the table: its keys, reads, conditional writes, retries and caches | the domain, DynamoDB |
//! | [`upsert`], [`delete`] | the two use cases | the domain, the store |
//! | [`body`] | requests out of JSON, answers into JSON, in the contract's words | the use cases, the domain, JSON |
//! | [`operation`] | an operation as a whole, within its time | all of the above |
//! | [`http`] | routes, authentication, status codes | API Gateway's requests |
//! | [`event`] | which kind an event is, and what its trigger wants to hear | Lambda's events |
//! | [`telemetry`] | what is told of an event: its log line, its metrics, its trace | all of the above |
//! | [`phases`] | when each phase of an event's work began and ended | nothing else |
//!
//! An event comes in at [`event`] and works its way up to [`operation`], which calls a use case, which calls
//! the store. All of them note [`phases`], and whoever answers fills in [`telemetry`]'s counts.

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
