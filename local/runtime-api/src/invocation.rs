//! An invocation, from the function's request for it to its response.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use axum::body::Bytes;
use tokio::sync::oneshot;

/// The time limit of the functions in `template.yaml`.
pub const TIME_LIMIT: Duration = Duration::from_secs(29);

/// A function that has asked for its next event.
pub struct Waiting {
    /// When it asked.
    pub since: Instant,
    pub(crate) invocation: oneshot::Sender<Invocation>,
}

/// An event, with its metadata.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event.
    pub event: Bytes,
    /// The invocation's id. It has to be a valid value of an HTTP header.
    pub request_id: String,
    /// The time until the invocation's deadline.
    pub time_limit: Duration,
    /// X-Ray's trace header, if the invocation is traced.
    pub trace: Option<String>,
}

impl From<Bytes> for Invocation {
    /// Creates an invocation with an id that is unique in this process, and the functions' own time limit.
    fn from(event: Bytes) -> Self {
        Self { event, request_id: unique_id(), time_limit: TIME_LIMIT, trace: None }
    }
}

/// The response to an event.
pub struct Answer {
    /// When the event was sent to the function.
    pub begun: Instant,
    /// When the response was complete.
    pub ended: Instant,
    /// The response's body.
    pub body: Bytes,
}

fn unique_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("00000000-0000-4000-8000-{:012x}", NUMBER.fetch_add(1, Relaxed))
}
