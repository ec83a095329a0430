//! A caller, and the invocation that it waits for.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::function::FunctionProcess;

/// A caller, with the processes that serve its requests.
pub(super) struct Caller {
    /// The requests that it has still to send.
    pub(super) requests: VecDeque<usize>,
    /// How often it has sent the first of them.
    pub(super) tries: usize,
    /// The requests that it gave up while there were faults.
    pub(super) abandoned: VecDeque<usize>,
    pub(super) idle: Vec<FunctionProcess>,
    pub(super) running: Option<RunningInvocation>,
}

/// An invocation that hasn't ended.
pub(super) struct RunningInvocation {
    /// Its index in the history.
    pub(super) invocation: usize,
    /// The number of its process.
    pub(super) process: u64,
    /// Kills the process. None once it is used.
    pub(super) kill: Option<oneshot::Sender<()>>,
    /// How many calls to the store it has made.
    pub(super) calls: usize,
    pub(super) request: Value,
    pub(super) request_id: String,
}

impl Caller {
    /// A caller with these requests.
    pub(super) fn new(requests: &[usize]) -> Self {
        Self {
            requests: requests.iter().copied().collect(),
            tries: 0,
            abandoned: VecDeque::new(),
            idle: Vec::new(),
            running: None,
        }
    }
}
