//! The stub's settings and counters. Both go over HTTP between the stub's process and the
//! section that measures.

use serde::{Deserialize, Serialize};

use super::{latency::Latency, throttle::Rates};

/// How the stub answers from now on. Setting it also sets the counts to zero and makes the whole burst of each
/// partition key available again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    pub(crate) latency: Latency,
    pub(crate) rates: Rates,
    /// The seed of the latencies.
    pub(crate) seed: u64,
}

/// Where the answers come from.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// From the embedded DynamoDB, without added latency. The items that it returns are recorded.
    Record,
    /// From the recorded items. Every other item doesn't exist, and every write succeeds.
    Replay,
}

/// What the stub has answered since its settings were set.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Calls, including those that were refused.
    pub(crate) calls: u32,
    /// Bytes of the requests: heads and bodies, before TLS.
    pub(crate) request_bytes: u32,
    /// Connections that were opened.
    pub(crate) connections: u32,
    /// Items that were found.
    pub(crate) items_found: u32,
    /// Statements that were executed.
    pub(crate) items_written: u32,
    /// Keys and statements that were refused because of a partition key's rate.
    pub(crate) throttled: u32,
}
