//! What happened in a schedule: requests, responses, and writes that reached the store. Time is a counter that
//! advances with each step.

use std::collections::{BTreeMap, HashSet};

use crate::{fault::Fault, response::Response};

/// One request that was sent, and its response. A request that is sent again is another attempt.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// The index of the request in the plan.
    pub(crate) request: usize,
    /// The number of the function's invocation, which several messages of SQS share.
    pub(crate) invocation: usize,
    /// When it was sent.
    pub(crate) start: u64,
    /// When it ended.
    pub(crate) end: u64,
    /// The response. None while the invocation is running, or if its function was killed.
    pub(crate) response: Option<Response>,
}

impl Attempt {
    /// Whether the response reports what was done, so that the caller needn't retry.
    pub(crate) fn is_completed(&self) -> bool {
        self.response.as_ref().is_some_and(Response::is_complete)
    }
}

/// A call that reached the store and may have changed contacts.
#[derive(Debug, Clone)]
pub(crate) struct StoreWrite {
    /// The number of the invocation that made the call.
    pub(crate) invocation: usize,
    /// The requests of the invocation that the call may have been for.
    pub(crate) requests: Vec<usize>,
    /// The contacts that the call was about.
    pub(crate) contacts: Vec<u64>,
    /// When the store received it.
    pub(crate) start: u64,
    /// When the store had done it.
    pub(crate) end: u64,
    /// Whether the function received the store's answer to it.
    pub(crate) acknowledgement: Acknowledgement,
    /// What the store did.
    pub(crate) effect: WriteEffect,
}

/// What the store did with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteEffect {
    /// A transaction that took effect.
    Applied,
    /// A transaction that was refused, or that repeats the token of an earlier one.
    None,
    /// A batch of statements, each of which took effect or not.
    Unknown,
}

/// Whether a function received the answer to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acknowledgement {
    /// It knows what the call did.
    Received,
    /// It doesn't know whether the call took effect.
    Lost,
}

/// Everything that happened in a schedule.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) writes: Vec<StoreWrite>,
    /// The tokens of the transactions that took effect.
    pub(crate) tokens: HashSet<String>,
    /// How often each fault was injected.
    pub(crate) faults: BTreeMap<Fault, u64>,
    /// How many calls the functions made to the store.
    pub(crate) calls: u64,
    /// One line for each step.
    pub(crate) trace: Vec<String>,
    now: u64,
}

impl History {
    /// Advances time, and returns the new time.
    pub(crate) fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    /// Appends a line to the trace.
    pub(crate) fn note(&mut self, line: impl AsRef<str>) {
        self.trace.push(format!("{:>5}  {}", self.now, line.as_ref()));
    }

    /// Counts an injected fault.
    pub(crate) fn count(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }
}
