//! A request, and how its caller sends it.

use std::time::Duration;

use super::body::Body;

/// The time limit of a function on Lambda.
pub(crate) const FULL_TIME: Duration = Duration::from_secs(29);

/// A request, and how its caller sends it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The body.
    pub(crate) body: Body,
    /// The time limit of the invocation.
    pub(crate) time_limit: Duration,
    /// Which of the function's calls to the store stay unanswered.
    pub(crate) stall: Option<Stall>,
    /// How often the caller sends it, while there are faults, before it goes on to its next request.
    pub(crate) max_tries: usize,
    /// Whether it starts a new process of the function, as after a shutdown.
    pub(crate) needs_new_function: bool,
}

/// The calls to the store that stay unanswered, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stall {
    /// This call and all after it. The function runs out of time.
    From(usize),
    /// This call. The function abandons it and retries.
    Only(usize),
}

impl Stall {
    /// Whether the call of this number stays unanswered.
    pub(crate) fn includes(self, number: usize) -> bool {
        match self {
            Self::From(first) => number >= first,
            Self::Only(one) => number == one,
        }
    }
}

impl Request {
    /// Whether the function may have several calls to the store open at once.
    pub(crate) fn makes_concurrent_calls(&self) -> bool {
        match &self.body {
            Body::Upsert(upsert) => upsert.items.len() > 25 || upsert.distinct_accounts() > 1,
            Body::Delete(delete) => delete.contacts.len() > 100,
        }
    }
}
