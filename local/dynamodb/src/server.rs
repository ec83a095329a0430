//! The embedded database behind HTTP, in the protocol of DynamoDB.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use dynoxide::server;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    database::{Database, file_database, in_memory_database},
    error::StartError,
};

/// A running DynamoDB. Dropping it stops it.
pub struct EmbeddedDynamoDb {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

impl EmbeddedDynamoDb {
    /// Starts one in memory, with an empty table, on a free port.
    pub async fn in_memory() -> Result<Self, StartError> {
        Self::serve(in_memory_database()?, (Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts one on a file, which is created if it does not exist.
    pub async fn on_file(file: &Path, ip: IpAddr, port: u16) -> Result<Self, StartError> {
        Self::serve(file_database(file)?, (ip, port).into()).await
    }

    async fn serve(database: Database, address: SocketAddr) -> Result<Self, StartError> {
        let port_error = |source| StartError::Port { address, source };
        let listener = TcpListener::bind(address).await.map_err(port_error)?;
        let address = listener.local_addr().map_err(port_error)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(server::serve_with_shutdown(listener, database, async {
            // An error means that the sender was dropped, which stops the server too.
            let _ = stopped.await;
        }));
        Ok(Self { address, stop, server })
    }

    /// Returns the URL for an SDK's endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Stops it and waits until its file is closed. It ends with its last connection, so its clients have to
    /// be stopped before.
    pub async fn stop(self) {
        drop(self.stop);
        // Best effort: nothing depends on how the server ended.
        let _ = self.server.await;
    }
}
