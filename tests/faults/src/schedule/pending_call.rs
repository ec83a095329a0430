//! A call to the store that a later step decides on.

use crate::{
    proxy::{Answer, HeldCall},
    store_call::StoreOperation,
};

/// A call to the store that a later step decides on.
pub(super) struct PendingCall {
    pub(super) caller: usize,
    pub(super) invocation: usize,
    /// The indexes in the plan of the requests of its invocation.
    pub(super) requests: Vec<usize>,
    /// Its number among the calls of its invocation, from 0.
    pub(super) number: usize,
    pub(super) operation: StoreOperation,
    /// The names in reports of what it is about.
    pub(super) about: Vec<String>,
    pub(super) held: HeldCall,
    pub(super) state: CallState,
}

/// What has happened to a pending call.
pub(super) enum CallState {
    /// The store hasn't received it, and its function waits.
    Open,
    /// The store has done it, and its function still waits.
    Done(CallOutcome),
    /// The store hasn't received it, and its function is gone or has given up.
    Orphaned,
}

/// The answer to a call.
pub(super) struct CallOutcome {
    pub(super) answer: Answer,
    /// The index of the write in the history, if the call may have changed contacts.
    pub(super) write: Option<usize>,
}

impl CallOutcome {
    /// The answer to a call that the store never received.
    pub(super) fn not_done(answer: Answer) -> Self {
        Self { answer, write: None }
    }
}

impl PendingCall {
    /// Whether its function no longer waits for the answer.
    pub(super) fn is_orphaned(&self) -> bool {
        matches!(self.state, CallState::Orphaned)
    }

    /// Sorts calls that arrived together by what they are, not by when they arrived.
    pub(super) fn sort_key(&self) -> (usize, usize, bool, StoreOperation, &[String], usize) {
        (self.caller, self.invocation, self.is_orphaned(), self.operation, &self.about, self.number)
    }

    /// Describes the call in the trace.
    pub(super) fn describe(&self) -> String {
        let Self { caller, operation, about, .. } = self;
        format!("caller {caller}'s {operation:?} about {}", about.join(", "))
    }
}
