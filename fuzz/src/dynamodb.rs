//! The embedded DynamoDB within the process, and whether it was written to.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use aws_sdk_dynamodb::Client;
use embedded_dynamodb::{Database, in_process_client};

/// A client of a database within the process, which notices writes.
pub(crate) struct InProcessDynamoDb {
    client: Client,
    has_written: Arc<AtomicBool>,
}

impl InProcessDynamoDb {
    pub(crate) fn new(database: Database) -> Self {
        let has_written: Arc<AtomicBool> = Arc::default();
        let flag = Arc::clone(&has_written);
        let client = in_process_client(database, move |operation, _| {
            if operation != "BatchGetItem" {
                flag.store(true, Relaxed);
            }
            None
        });
        Self { client, has_written }
    }

    /// A client of the SDK.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Whether a call may have written something since the last call of this method.
    pub(crate) fn take_has_written(&self) -> bool {
        self.has_written.swap(false, Relaxed)
    }
}
