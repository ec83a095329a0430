//! The checks of a schedule, in order: every response by itself, the table, then each contact's history.

use std::collections::{BTreeMap, BTreeSet};

use super::contact_history::ContactHistory;
use crate::{
    catalog::Catalog,
    event::{Event, Operation},
    history::{Acknowledgement, Attempt, History, StoreWrite},
    plan::Plan,
    request::Request,
    table::TableSnapshot,
};

/// What is wrong with a schedule, and how much was checked.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// One line for each violation.
    pub(crate) violations: Vec<String>,
    /// The contacts that violations are about.
    pub(crate) contacts: BTreeSet<u64>,
    /// How many contacts had any events.
    pub(crate) checked: u64,
    /// How many of them are explained only by a write that took effect twice, because its answer was lost.
    pub(crate) written_twice: u64,
}

/// Checks the history and the table of a schedule.
pub(crate) fn check(plan: &Plan, catalog: &Catalog, history: &History, table: &TableSnapshot) -> Verdict {
    let mut checker =
        Checker { plan, catalog, history, table, contacts: BTreeMap::new(), verdict: Verdict::default() };
    checker.verdict.violations.extend(table.violations.iter().cloned());
    checker.check_upserts();
    checker.check_deletes();
    checker.check_keys();
    checker.check_table();
    checker.check_contact_histories();
    if checker.verdict.violations.is_empty() {
        checker.check_refused_deletes();
    }
    checker.verdict
}

/// A check under way.
pub(super) struct Checker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) catalog: &'a Catalog,
    pub(super) history: &'a History,
    pub(super) table: &'a TableSnapshot,
    pub(super) contacts: BTreeMap<u64, ContactHistory>,
    pub(super) verdict: Verdict,
}

impl<'a> Checker<'a> {
    /// Records a violation that isn't about one contact.
    pub(super) fn violation(&mut self, text: impl Into<String>) {
        self.verdict.violations.push(text.into());
    }

    /// Records a violation about a contact.
    pub(super) fn contact_violation(&mut self, contact: u64, text: impl Into<String>) {
        self.violation(text);
        self.verdict.contacts.insert(contact);
    }

    /// The history of a contact.
    pub(super) fn contact(&mut self, contact: u64) -> &mut ContactHistory {
        self.contacts.entry(contact).or_default()
    }

    /// Adds an event that a response reports.
    pub(super) fn add_reported(&mut self, contact: u64, attempt: &Attempt, event: Event) {
        self.contact(contact).add_reported((attempt.start, attempt.end), event);
    }

    /// The request of an attempt.
    pub(super) fn request(&self, attempt: &Attempt) -> &'a Request {
        &self.plan.requests[attempt.request]
    }

    /// The operation of the attempt of this index.
    pub(super) fn operation(&self, index: usize) -> Operation {
        let attempt = &self.history.attempts[index];
        if self.request(attempt).has_key() { attempt.request } else { self.plan.requests.len() + index }
    }

    /// The writes of an attempt.
    pub(super) fn writes(&self, attempt: &Attempt) -> impl Iterator<Item = &'a StoreWrite> + use<'a> {
        let (invocation, request) = (attempt.invocation, attempt.request);
        let writes = self.history.writes.iter();
        writes.filter(move |write| write.invocation == invocation && write.requests.contains(&request))
    }
}

/// Whether the function never received the answer to the write.
pub(super) fn is_lost(write: &StoreWrite) -> bool {
    write.acknowledgement == Acknowledgement::Lost
}
