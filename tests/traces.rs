//! What the functions send to X-Ray, heard in the place of its daemon.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    net::UdpSocket,
    sync::mpsc::{self, UnboundedReceiver},
    time::timeout,
};

use crate::environment::variable;

/// The most that a UDP datagram holds.
const DATAGRAM: usize = 65_536;

/// The daemon's place; one at a time can have it.
pub struct Traces(UnboundedReceiver<String>);

impl Traces {
    /// Listens from now on.
    pub async fn listen() -> Self {
        let socket = UdpSocket::bind(variable("CONTACTS_XRAY")).await.expect("the daemon's port is free");
        let (sender, receiver) = mpsc::unbounded_channel();
        // Other tests' traces come here too, and must not fill the socket while this one's is waited for.
        tokio::spawn(async move {
            let mut datagram = vec![0; DATAGRAM];
            while let Ok(size) = socket.recv(&mut datagram).await {
                let text = String::from_utf8_lossy(&datagram[..size]).into_owned();
                if sender.send(text).is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }

    /// The trace of the event that came with this request id: the document after the header.
    pub async fn of(&mut self, request_id: &str) -> Value {
        loop {
            let next = timeout(Duration::from_secs(20), self.0.recv()).await;
            let datagram = next.ok().flatten().unwrap_or_else(|| panic!("no trace of {request_id}"));
            let (header, document) = datagram.split_once('\n').expect("a header and a document");
            assert_eq!(header, r#"{"format": "json", "version": 1}"#);
            let document: Value = serde_json::from_str(document).expect("a document in JSON");
            if document["annotations"]["request_id"] == request_id {
                return document;
            }
        }
    }
}
