//! The DynamoDB table. Only this module knows DynamoDB: keys and attributes, reads, conditional writes, retries, and what
//! a warm function caches.
//!
//! [`Store`] is the handle; the other modules add methods to it, one subject each. Every call is made by
//! `Store::attempt`, which limits the number of concurrent calls and counts them. Transient errors (throttling, a lost
//! connection, an internal error of DynamoDB) are retried with exponential back-off and jitter, without a limit: callers
//! put a deadline on the methods that they await.

mod accounts;
mod administration;
mod attributes;
mod auth;
mod backoff;
mod cache;
mod capacity;
mod client;
mod contact_item;
mod contacts;
mod deletion_record;
mod error;
mod idempotency;
mod key_record;
mod keys;
mod listing;
mod outcome;
mod ping;
mod query;
mod read;
mod removal;
mod retry;
mod statements;
mod table;
#[cfg(test)]
mod tenant_tests;
#[cfg(test)]
mod tests;
mod transact;

pub use accounts::{AccountLookup, AccountMatch};
pub use backoff::Backoff;
pub use client::SetupError;
pub use contacts::{ContactWrite, StoredContact};
pub use deletion_record::{DeletedPart, DeletionPart, DeletionRecord, Kept, NewRecord};
pub use error::{StoreError, Unavailable};
pub use idempotency::BindOutcome;
pub use key_record::KeyBinding;
pub use listing::ListedTenant;
pub use outcome::WriteOutcome;
pub use table::Store;
#[cfg(test)]
pub(crate) use transact::MAX_TRANSACTION_TIME;
