//! The handle to the table, and how calls are made.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use tokio::sync::Semaphore;

use super::{
    cache::Caches,
    client::{self, LazyClient, SetupError},
    error::is_throttling,
};
use crate::context::OperationContext;

/// The most calls to DynamoDB that one function makes at once, each on an HTTP/1.1 connection of its own. `make bench`
/// measures all ways of writing at this concurrency.
pub(super) const MAX_CONCURRENT_CALLS: usize = 32;

/// A handle to the table. Clones share connections, caches and the limit on concurrent calls.
#[derive(Clone)]
pub struct Store {
    client: Arc<LazyClient>,
    table: Arc<str>,
    permits: Arc<Semaphore>,
    caches: Arc<Caches>,
}

impl Store {
    /// A handle to the table of this name.
    #[must_use]
    pub fn new(client: Client, table: &str) -> Self {
        Self::with_lazy_client(LazyLock::new(Box::new(|| client)), table)
    }

    fn with_lazy_client(client: LazyClient, table: &str) -> Self {
        Self {
            client: Arc::new(client),
            table: table.into(),
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_CALLS)),
            caches: Arc::default(),
        }
    }

    /// A handle for Lambda's environment: the table is named by `CONTACTS_TABLE`; region, credentials and endpoint come
    /// from AWS's own variables.
    ///
    /// # Errors
    /// Fails if a variable is missing or `AWS_CA_BUNDLE` can't be read.
    pub fn from_environment() -> Result<Self, SetupError> {
        let table = std::env::var("CONTACTS_TABLE").map_err(|_| SetupError::Missing("CONTACTS_TABLE"))?;
        Ok(Self::with_lazy_client(client::connect()?, &table))
    }

    /// Builds the client in the background, after the function has asked for its first event. The start doesn't wait for
    /// the client, and the first event usually finds it built. Must be called within a tokio runtime.
    pub fn build_client_in_background(&self) {
        let client = Arc::clone(&self.client);
        tokio::spawn(async move {
            // The request for the first event takes less than a millisecond. An event that arrives sooner builds the client.
            tokio::time::sleep(Duration::from_millis(1)).await;
            LazyLock::force(&client);
        });
    }

    /// The client, for programs that call DynamoDB themselves, such as benchmarks.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    pub(super) fn caches(&self) -> &Caches {
        &self.caches
    }

    /// Makes one call, without retries, and counts it.
    pub(super) fn attempt<T, E: ProvideErrorMetadata>(
        &self,
        context: &OperationContext,
        call: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> impl Future<Output = Result<T, SdkError<E>>> {
        // The future of a call takes some 17 KB. On the heap, it isn't copied each time that a future that awaits it is moved.
        let call = Box::pin(call);
        async move {
            let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
            context.count(|usage| usage.round_trips += 1);
            let response = call.await;
            if let Err(error) = &response {
                let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
                let throttles = u32::from(code.is_some_and(is_throttling));
                context.count(|usage| {
                    usage.failed_calls += 1;
                    usage.throttles += throttles;
                });
            }
            response
        }
    }
}
