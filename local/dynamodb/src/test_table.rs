//! A table for one test, in an embedded DynamoDB or in another implementation.
//!
//! | environment variable | value |
//! | --- | --- |
//! | `CONTACTS_TEST_DYNAMODB_URL` | URL of the other implementation (`http` only); default: embedded |
//! | `CONTACTS_TEST_DYNAMODB_NAME` | its name in [`KNOWN_DIFFERENCES`]; default: no differences from AWS |

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread,
    time::SystemTime,
};

use aws_sdk_dynamodb::Client;
use tokio::runtime;

use crate::{
    client_settings::client_settings,
    error::StartError,
    server::EmbeddedDynamoDb,
    table_definition::{TABLE, create_remote},
};

/// A way in which an implementation behaves differently from DynamoDB on AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// `BatchGetItem` returns no `ConsumedCapacity`, whatever `ReturnConsumedCapacity` asks for. On AWS a
    /// strongly consistent read costs a unit for each 4 KB of an item, and one unit if there is no item
    /// ("DynamoDB read and write operations" in the developer guide).
    NoUnitsOfBatchReads,
}

/// The differences of each implementation by name. A test expects what AWS does, except for a difference in
/// this list, which it expects exactly: if a release of the implementation removes the difference, the test
/// fails until the entry is removed too.
const KNOWN_DIFFERENCES: [(&str, Difference); 1] = [("ministack", Difference::NoUnitsOfBatchReads)];

/// A table of one test. It starts empty, and dropping it deletes it.
pub struct TestTable {
    url: String,
    name: String,
    /// The embedded DynamoDB that holds the table; `None` if another implementation holds it.
    embedded: Option<EmbeddedDynamoDb>,
}

impl TestTable {
    /// Creates the table in the implementation that the environment selects.
    pub async fn create() -> Result<Self, StartError> {
        let Ok(url) = env::var("CONTACTS_TEST_DYNAMODB_URL") else {
            let embedded = EmbeddedDynamoDb::in_memory().await?;
            return Ok(Self { url: embedded.url(), name: TABLE.to_owned(), embedded: Some(embedded) });
        };
        let name = unique_name();
        create_remote(&client(&url), &url, &name).await?;
        Ok(Self { url, name, embedded: None })
    }

    /// Returns the DynamoDB's URL for an SDK's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the implementation that holds the table has this difference from AWS.
    #[must_use]
    pub fn has(&self, difference: Difference) -> bool {
        self.embedded.is_none()
            && env::var("CONTACTS_TEST_DYNAMODB_NAME")
                .is_ok_and(|name| KNOWN_DIFFERENCES.contains(&(name.as_str(), difference)))
    }
}

impl Drop for TestTable {
    /// Deletes the table. Best effort: errors are ignored.
    fn drop(&mut self) {
        if self.embedded.is_some() {
            return;
        }
        // A drop can't await, so a thread with a runtime of its own makes the call.
        thread::scope(|scope| {
            let deletion = scope.spawn(|| {
                let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
                let _ = runtime.block_on(client(&self.url).delete_table().table_name(&self.name).send());
                std::io::Result::Ok(())
            });
            let _ = deletion.join();
        });
    }
}

fn client(url: &str) -> Client {
    Client::from_conf(client_settings(url).build())
}

/// Returns a name that no other test of this process, no other process, and no table that an interrupted run
/// left behind has.
fn unique_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since_epoch| since_epoch.as_nanos());
    format!("{TABLE}-{}-{now}-{}", process::id(), NUMBER.fetch_add(1, Relaxed))
}
