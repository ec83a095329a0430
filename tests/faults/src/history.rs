//! What happened in a schedule: who sent what and heard what, and which writes reached the store without
//! anybody hearing of it. Moments are counted, not timed: one for each thing that happens.

use std::collections::BTreeMap;

use crate::{answer::Said, store_call::Fault};

/// One request that was sent, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// Which of the plan's requests.
    pub(crate) request: usize,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    /// What its caller heard; nothing, if the function was killed.
    pub(crate) heard: Option<Said>,
}

impl Invocation {
    /// Whether the caller knows what was done.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.heard, Some(Said::Upserted(_) | Said::Deleted { .. }))
    }
}

/// A call that reached the store and may have changed something.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    /// Which invocation made it.
    pub(crate) invocation: usize,
    /// The contacts that it was about.
    pub(crate) contacts: Vec<u64>,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    /// Whether the function heard what was done.
    pub(crate) is_heard: bool,
}

/// Everything that happened in a schedule.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) invocations: Vec<Invocation>,
    pub(crate) writes: Vec<Write>,
    /// How often each fault happened.
    pub(crate) faults: BTreeMap<Fault, u64>,
    /// Calls to the store.
    pub(crate) calls: u64,
    /// One line for each thing that happened, for people.
    pub(crate) trace: Vec<String>,
    now: u64,
}

impl History {
    /// The next moment.
    pub(crate) fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    /// Notes what happens at this moment.
    pub(crate) fn note(&mut self, line: impl AsRef<str>) {
        self.trace.push(format!("{:>5}  {}", self.now, line.as_ref()));
    }

    /// Notes a fault.
    pub(crate) fn count(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }
}
