//! A caller, and the invocation that it waits for.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::{
    function::FunctionProcess,
    request::{CallerPlan, Mode, Request, Trigger},
};

/// A caller, with the processes that serve its requests.
pub(super) struct Caller {
    /// The requests that it has still to send.
    pub(super) requests: VecDeque<QueuedRequest>,
    /// The most messages of SQS that it sends at once.
    pub(super) batch_size: usize,
    /// The requests that it gave up while there were faults.
    pub(super) abandoned: VecDeque<QueuedRequest>,
    pub(super) idle: Vec<FunctionProcess>,
    pub(super) running: Option<RunningInvocation>,
}

/// A request that is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueuedRequest {
    /// Its index in the plan.
    pub(super) number: usize,
    /// How often it was sent so far.
    pub(super) tries: usize,
}

/// An invocation that hasn't ended.
pub(super) struct RunningInvocation {
    /// Its number.
    pub(super) invocation: usize,
    /// The trigger of its requests.
    pub(super) trigger: Trigger,
    /// Its requests, in the order of the event.
    pub(super) sent: Vec<SentRequest>,
    /// Whether its function may have several calls to the store open at once.
    pub(super) makes_concurrent_calls: bool,
    /// Whether its function may change anything.
    pub(super) mode: Mode,
    /// The number of its process.
    pub(super) process: u64,
    /// Kills the process. None once it is used.
    pub(super) kill: Option<oneshot::Sender<()>>,
    /// How many calls to the store it has made.
    pub(super) calls: usize,
    pub(super) request_id: String,
}

/// A request of an invocation.
pub(super) struct SentRequest {
    pub(super) queued: QueuedRequest,
    /// The index of the attempt in the history.
    pub(super) attempt: usize,
    /// The body as JSON.
    pub(super) body: Value,
}

impl Caller {
    /// A caller with these requests.
    pub(super) fn new(plan: &CallerPlan) -> Self {
        let queued = |number: &usize| QueuedRequest { number: *number, tries: 0 };
        Self {
            requests: plan.requests.iter().map(queued).collect(),
            batch_size: plan.batch_size,
            abandoned: VecDeque::new(),
            idle: Vec::new(),
            running: None,
        }
    }

    /// Takes the requests of the next invocation: the first, and other messages for the same function as far as they
    /// are next and fit into a batch.
    pub(super) fn take_batch(&mut self, requests: &[Request]) -> Vec<QueuedRequest> {
        let mut batch: Vec<QueuedRequest> = self.requests.pop_front().into_iter().collect();
        while let Some(next) = self.requests.front()
            && batch.len() < self.batch_size
            && batch.iter().all(|other| can_share_a_batch(requests, *other, *next))
        {
            batch.extend(self.requests.pop_front());
        }
        batch
    }
}

fn can_share_a_batch(requests: &[Request], one: QueuedRequest, other: QueuedRequest) -> bool {
    let (first, second) = (&requests[one.number], &requests[other.number]);
    let are_messages = first.trigger == Trigger::Sqs && second.trigger == Trigger::Sqs;
    are_messages && one.number != other.number && first.body.kind() == second.body.kind()
}
