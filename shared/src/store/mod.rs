//! The table, and the only place that knows DynamoDB: which keys things stand under, how they are read
//! and conditionally written, what is retried, and what a warm function remembers.
//!
//! Every call goes through [`Store::attempt`], which bounds how many are under way at once and counts
//! them. Whatever may pass by itself (throttling, a lost connection, an internal error of DynamoDB) is
//! tried again with exponential backoff and jitter until the caller gives up waiting; so whoever calls a
//! method here puts a time limit on it.

mod accounts;
mod administration;
mod attributes;
mod backoff;
mod cache;
mod client;
mod contacts;
mod error;
mod grants;
mod keys;
mod listing;
mod query;
mod reach;
mod read;
mod removal;
mod retry;
#[cfg(test)]
mod tests;
mod transact;
mod usage;

use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use tokio::sync::Semaphore;

pub use accounts::{AccountLookup, Found};
pub use backoff::Backoff;
pub use client::SetupError;
pub use contacts::{ContactWrite, DeleteOutcome, OperationId, StoredContact, WriteOutcome};
pub use error::StoreError;
pub use listing::ListedTenant;
pub use usage::Usage;

use error::throttles;

use crate::phases::Phases;
use cache::Caches;
use client::LazyClient;

/// How many calls to DynamoDB one function has under way at most, each on an HTTP/1.1 connection of its
/// own: the concurrency that `make bench` measures all ways of writing at.
const MAX_CALLS: usize = 32;

/// A way into the table. Clones share connections, caches and the bound on calls under way.
#[derive(Clone)]
pub struct Store {
    client: Arc<LazyClient>,
    table: Arc<str>,
    calls: Arc<Semaphore>,
    caches: Arc<Caches>,
    usage: Arc<Mutex<Usage>>,
    phases: Phases,
}

impl Store {
    /// A way into the table of this name.
    #[must_use]
    pub fn new(client: Client, table: &str) -> Self {
        Self::over(LazyLock::new(Box::new(|| client)), table)
    }

    fn over(client: LazyClient, table: &str) -> Self {
        Self {
            client: Arc::new(client),
            table: table.into(),
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            caches: Arc::default(),
            usage: Arc::default(),
            phases: Phases::default(),
        }
    }

    /// The store that Lambda's environment describes: the table in `CONTACTS_TABLE`, and what
    /// AWS's own variables say about the way there.
    pub fn from_environment() -> Result<Self, SetupError> {
        let table = std::env::var("CONTACTS_TABLE").map_err(|_| SetupError::Missing("CONTACTS_TABLE"))?;
        Ok(Self::over(client::connect()?, &table))
    }

    /// Has the client built while the function waits for its first event, after it has asked for it: the
    /// first event finds it there, and the start doesn't wait for it. Takes a tokio runtime.
    pub fn prepare_while_waiting(&self) {
        let client = Arc::clone(&self.client);
        tokio::spawn(async move {
            // Asking takes a few tenths of a millisecond. An event that comes sooner builds the client.
            tokio::time::sleep(Duration::from_millis(1)).await;
            LazyLock::force(&client);
        });
    }

    /// The client, for whoever wants to go past the store; benchmarks do.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The same store with counts and phases of its own, for one event.
    #[must_use]
    pub fn counting(&self) -> Self {
        Self { usage: Arc::default(), phases: Phases::default(), ..self.clone() }
    }

    /// Takes over what was counted for the same event elsewhere.
    pub(crate) fn absorb(&self, other: &Self) {
        self.count(|usage| *usage += other.usage());
        self.phases.absorb(&other.phases);
    }

    /// What was counted since [`Self::counting`].
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The phases since [`Self::counting`].
    #[must_use]
    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    fn count(&self, change: impl FnOnce(&mut Usage)) {
        change(&mut self.usage.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Makes one call, once.
    async fn attempt<T, E: ProvideErrorMetadata>(
        &self,
        call: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Result<T, SdkError<E>> {
        // The semaphore is never closed, so there is always a permit sooner or later.
        let _permit = self.calls.acquire().await;
        self.count(|usage| usage.round_trips += 1);
        let answer = call.await;
        if let Err(error) = &answer {
            let throttled =
                error.as_service_error().and_then(ProvideErrorMetadata::code).is_some_and(throttles);
            self.count(|usage| {
                usage.failed_calls += 1;
                usage.throttles += u32::from(throttled);
            });
        }
        answer
    }
}
