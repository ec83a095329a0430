//! The checks of a schedule, in order: every response by itself, the table, then each contact's history.

use std::collections::{BTreeMap, BTreeSet};

use super::contact_history::ContactHistory;
use crate::{
    catalog::Catalog,
    event::Event,
    history::{Acknowledgement, History, Invocation, StoreWrite},
    plan::Plan,
    request::Body,
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
    for (number, invocation) in history.invocations.iter().enumerate() {
        match &plan.requests[invocation.request].body {
            Body::Upsert(upsert) => checker.check_upsert(number, invocation, upsert),
            Body::Delete(delete) => checker.check_delete(number, invocation, delete),
        }
    }
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

impl Checker<'_> {
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
    pub(super) fn add_reported(&mut self, contact: u64, invocation: &Invocation, event: Event) {
        self.contact(contact).add_reported(invocation, event);
    }

    /// The intervals of the writes about a contact that an invocation made.
    pub(super) fn writes(
        &self,
        invocation: usize,
        contact: u64,
        is_included: impl Fn(&StoreWrite) -> bool,
    ) -> Vec<(u64, u64)> {
        let writes = self.history.writes.iter();
        let its_writes =
            writes.filter(|write| write.invocation == invocation && write.contacts.contains(&contact));
        its_writes.filter(|write| is_included(write)).map(|write| (write.start, write.end)).collect()
    }
}

/// Whether the function never received the answer to the write.
pub(super) fn is_lost(write: &StoreWrite) -> bool {
    write.acknowledgement == Acknowledgement::Lost
}
