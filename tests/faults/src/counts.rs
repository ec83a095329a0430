//! How much a run of schedules did.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::AddAssign,
};

use crate::{
    fault::Fault,
    history::{Acknowledgement, Attempt, History, StoreWrite},
    plan::Plan,
    request::Mode,
    response::Response,
    verdict::Verdict,
};

/// How much a run of schedules did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Schedules.
    pub schedules: u64,
    /// Requests, retries included.
    pub requests: u64,
    /// Requests with a complete response.
    pub completed: u64,
    /// Messages and events of which not all went through, or not in time.
    pub undelivered: u64,
    /// Requests with a 503.
    pub unavailable: u64,
    /// Requests without a response, because the function was killed.
    pub killed: u64,
    /// Requests with an idempotency key.
    pub with_key: u64,
    /// Those of them that had been sent before.
    pub repeated: u64,
    /// Requests with `validate_only`.
    pub validated: u64,
    /// Calls to the store.
    pub calls: u64,
    /// Writes of contacts whose answer the function didn't receive.
    pub lost_answers: u64,
    /// Contacts whose history was checked.
    pub contacts: u64,
    /// Contacts that are explained only by a write that took effect twice.
    pub written_twice: u64,
    faults: BTreeMap<Fault, u64>,
}

impl Counts {
    /// The counts of one schedule.
    pub(crate) fn of_schedule(plan: &Plan, history: &History, verdict: &Verdict) -> Self {
        let attempts = &history.attempts;
        let count = |is_counted: &dyn Fn(&Attempt) -> bool| {
            attempts.iter().filter(|attempt| is_counted(attempt)).count() as u64
        };
        let request = |attempt: &Attempt| &plan.requests[attempt.request];
        let with_key = count(&|attempt| request(attempt).has_key());
        let keyed = attempts.iter().filter(|attempt| request(attempt).has_key());
        let keyed: BTreeSet<_> = keyed.map(|attempt| attempt.request).collect();
        let is_lost = |write: &&StoreWrite| write.acknowledgement == Acknowledgement::Lost;
        Self {
            schedules: 1,
            requests: attempts.len() as u64,
            completed: count(&Attempt::is_completed),
            undelivered: count(&|attempt| {
                matches!(attempt.response, Some(Response::Incomplete | Response::Failed))
            }),
            unavailable: count(&|attempt| {
                matches!(attempt.response, Some(Response::Unavailable { .. } | Response::Interrupted { .. }))
            }),
            killed: count(&|attempt| attempt.response.is_none()),
            with_key,
            repeated: with_key - keyed.len() as u64,
            validated: count(&|attempt| request(attempt).mode == Mode::ValidateOnly),
            calls: history.calls,
            lost_answers: history.writes.iter().filter(is_lost).count() as u64,
            contacts: verdict.checked,
            written_twice: verdict.written_twice,
            faults: history.faults.clone(),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.requests += other.requests;
        self.completed += other.completed;
        self.undelivered += other.undelivered;
        self.unavailable += other.unavailable;
        self.killed += other.killed;
        self.with_key += other.with_key;
        self.repeated += other.repeated;
        self.validated += other.validated;
        self.calls += other.calls;
        self.lost_answers += other.lost_answers;
        self.contacts += other.contacts;
        self.written_twice += other.written_twice;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} schedules, {} requests: {} completed, {} messages that did not go through, {} with a 503, {} whose function \
             was killed",
            self.schedules, self.requests, self.completed, self.undelivered, self.unavailable, self.killed
        )?;
        writeln!(
            f,
            "{} of them with a key, {} of these sent before; {} with `validate_only`",
            self.with_key, self.repeated, self.validated
        )?;
        writeln!(
            f,
            "{} calls to the store, {} writes of contacts whose answer was lost",
            self.calls, self.lost_answers
        )?;
        writeln!(
            f,
            "{} contacts explained, {} of them only by a write that took effect twice",
            self.contacts, self.written_twice
        )?;
        let faults: Vec<_> = self.faults.iter().map(|(fault, count)| format!("{count} {fault:?}")).collect();
        write!(f, "{} faults: {}", self.faults.values().sum::<u64>(), faults.join(", "))
    }
}
