//! DynamoDB on one machine: an embedded one (`dynoxide`, `SQLite` inside), served over HTTP as the real
//! one is, with the table in it that `template.yaml` defines. The local stack runs it on a file, tests
//! and benchmarks each on one of their own in memory; fuzzing calls one in its own process. The tests of the
//! store and the use cases can be pointed at another DynamoDB ([`TestTable`]).

mod definition;
mod test_table;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
pub use dynoxide::Database;
use dynoxide::{errors::DynoxideError, server};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub use test_table::{Difference, TestTable};

use definition::create_embedded;

/// What the table is called here.
pub const TABLE: &str = "contacts";

/// The settings of a client of the DynamoDB at this address. The embedded one looks at neither region nor
/// credentials; emulators that enforce IAM take the access key `test` for the account's root user.
#[must_use]
pub fn client_settings(url: &str) -> Builder {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("test", "test", None, None, "local"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// Why it didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there.
    #[error("port {} of {} can't be used: {cause}", .address.port(), .address.ip())]
    Port {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is not a database, or can't be written.
    #[error("the database can't be opened: {0}")]
    Database(DynoxideError),
    /// `template.yaml` doesn't define the table in a way that is understood here.
    #[error("template.yaml defines no table that can be made: {0}")]
    Template(String),
    /// Another DynamoDB can't be reached, or refuses to create a table.
    #[error("no table can be created at {url}: {cause}")]
    Remote {
        /// Where the other DynamoDB is.
        url: String,
        /// What it answered, or why it didn't.
        cause: String,
    },
}

/// One in memory that isn't served, for whoever calls it in the process.
pub fn memory() -> Result<Database, StartError> {
    let database = Database::memory().map_err(StartError::Database)?;
    create_embedded(&database)?;
    Ok(database)
}

/// A running DynamoDB; it stops when this is dropped.
pub struct EmbeddedDynamoDb {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<Result<(), String>>,
}

impl EmbeddedDynamoDb {
    /// Starts one in memory, on a port that is free.
    pub async fn in_memory() -> Result<Self, StartError> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Self::serve(memory()?, address).await
    }

    /// Starts one on a file, which is made if it isn't there.
    pub async fn on_file(file: &Path, ip: IpAddr, port: u16) -> Result<Self, StartError> {
        let database = Database::new(&file.to_string_lossy()).map_err(StartError::Database)?;
        create_embedded(&database)?;
        Self::serve(database, (ip, port).into()).await
    }

    async fn serve(database: Database, address: SocketAddr) -> Result<Self, StartError> {
        let cannot = |cause| StartError::Port { address, cause };
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve_with_shutdown(listener, database, async {
            // Dropping the sender stops the server too.
            let _ = stopped.await;
        }));
        Ok(Self { address, stop: Some(stop), server })
    }

    /// Where it is, for an SDK's endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Stops it and waits until its file is closed.
    pub async fn stop(mut self) {
        self.stop.take();
        // It ends with the last connection; whoever stops it has stopped its callers before.
        let _ = (&mut self.server).await;
    }
}
