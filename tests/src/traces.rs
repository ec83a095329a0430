//! The traces that the functions send to the X-Ray daemon, received in its place.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    net::UdpSocket,
    sync::mpsc::{self, UnboundedReceiver},
    time::timeout,
};

use crate::stack::Stack;

/// The largest size of a UDP datagram, in bytes.
const DATAGRAM: usize = 65_536;

/// A receiver at the daemon's address. Only one can exist at a time.
pub struct Traces(UnboundedReceiver<String>);

impl Traces {
    /// Starts to listen.
    pub async fn listen() -> Self {
        let socket = UdpSocket::bind(Stack::get().xray_address()).await.expect("the daemon's port is free");
        let (sender, receiver) = mpsc::unbounded_channel();
        // The traces of other tests arrive here too. Reading them at once keeps the socket's buffer from filling up.
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

    /// Returns the trace of the request with this id, once it arrives: the document after the header.
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
