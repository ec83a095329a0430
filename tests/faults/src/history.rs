//! What happened in a schedule: requests, responses, and writes that reached the store. Time is a counter that
//! advances with each step.

use std::collections::BTreeMap;

use crate::{fault::Fault, response::Response};

/// One request that was sent, and its response.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The index of the request in the plan.
    pub(crate) request: usize,
    /// When it was sent.
    pub(crate) start: u64,
    /// When it ended.
    pub(crate) end: u64,
    /// The response. None while the invocation is running, or if its function was killed.
    pub(crate) response: Option<Response>,
}

impl Invocation {
    /// Whether the response reports what was done, so that the caller needn't retry.
    pub(crate) fn is_completed(&self) -> bool {
        matches!(self.response, Some(Response::Upserted(_) | Response::Deleted { .. }))
    }
}

/// A call that reached the store and may have changed contacts.
#[derive(Debug, Clone)]
pub(crate) struct StoreWrite {
    /// The index of the invocation that made the call.
    pub(crate) invocation: usize,
    /// The contacts that the call was about.
    pub(crate) contacts: Vec<u64>,
    /// When the store received it.
    pub(crate) start: u64,
    /// When the store had done it.
    pub(crate) end: u64,
    /// Whether the function received the store's answer to it.
    pub(crate) acknowledgement: Acknowledgement,
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
    pub(crate) invocations: Vec<Invocation>,
    pub(crate) writes: Vec<StoreWrite>,
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
