//! How much a run of schedules did.

use std::{collections::BTreeMap, fmt, ops::AddAssign};

use crate::{
    fault::Fault,
    history::{Acknowledgement, History},
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
    /// Requests with a 503.
    pub unavailable: u64,
    /// Requests without a response, because the function was killed.
    pub killed: u64,
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
    pub(crate) fn of_schedule(history: &History, verdict: &Verdict) -> Self {
        let count = |number: usize| number as u64;
        let requests = history.invocations.len();
        let completed = history.invocations.iter().filter(|one| one.is_completed()).count();
        let killed = history.invocations.iter().filter(|one| one.response.is_none()).count();
        let is_lost = |acknowledgement| acknowledgement == Acknowledgement::Lost;
        Self {
            schedules: 1,
            requests: count(requests),
            completed: count(completed),
            unavailable: count(requests - completed - killed),
            killed: count(killed),
            calls: history.calls,
            lost_answers: count(history.writes.iter().filter(|write| is_lost(write.acknowledgement)).count()),
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
        self.unavailable += other.unavailable;
        self.killed += other.killed;
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
            "{} schedules, {} requests: {} completed, {} with a 503, {} whose function was killed",
            self.schedules, self.requests, self.completed, self.unavailable, self.killed
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
