//! The events of one contact.

use crate::{
    event::Event,
    linearizability::{Certainty, MAX_EVENTS, TimedEvent, is_linearizable},
};

/// The events of one contact.
#[derive(Debug, Default, Clone)]
pub(super) struct ContactHistory {
    /// What responses and the table report, and the writes of invocations without a complete response.
    events: Vec<TimedEvent>,
    /// Writes of completed upserts whose answer was lost. The function retried each, so it may have taken
    /// effect twice.
    lost_first_tries: Vec<TimedEvent>,
}

/// Whether an order explains the events of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explanation {
    /// Each write took effect once, or never if its answer was lost.
    Once,
    /// A write took effect twice, since its function retried it after its answer was lost.
    Twice,
    /// There is none.
    None,
    /// There are more than [`MAX_EVENTS`] events.
    TooManyEvents,
}

impl ContactHistory {
    /// Adds an event that a response reports.
    pub(super) fn add_reported(&mut self, interval: (u64, u64), event: Event) {
        self.add(event, interval, Certainty::Certain);
    }

    /// Adds the contact as the table has it in the end.
    pub(super) fn add_final(&mut self, event: Event) {
        self.add(event, (u64::MAX, u64::MAX), Certainty::Certain);
    }

    /// Adds a write whose outcome no response reports.
    pub(super) fn add_uncertain(&mut self, event: Event, interval: (u64, u64)) {
        self.add(event, interval, Certainty::Uncertain);
    }

    /// Adds a write of a completed upsert whose answer was lost.
    pub(super) fn add_lost_first_try(&mut self, event: Event, (start, end): (u64, u64)) {
        self.lost_first_tries.push(TimedEvent { event, start, end, certainty: Certainty::Uncertain });
    }

    fn add(&mut self, event: Event, (start, end): (u64, u64), certainty: Certainty) {
        self.events.push(TimedEvent { event, start, end, certainty });
    }

    /// Searches for an order that explains the events.
    pub(super) fn explain(&self) -> Explanation {
        if self.events.len() + self.lost_first_tries.len() >= MAX_EVENTS {
            Explanation::TooManyEvents
        } else if is_linearizable(&self.events) {
            Explanation::Once
        } else if is_linearizable(&self.all_events()) {
            Explanation::Twice
        } else {
            Explanation::None
        }
    }

    /// Whether the event may have happened in the interval as well.
    pub(super) fn allows(&self, interval: (u64, u64), event: Event) -> bool {
        let mut history = self.clone();
        history.add_reported(interval, event);
        is_linearizable(&history.all_events())
    }

    fn all_events(&self) -> Vec<TimedEvent> {
        self.events.iter().chain(&self.lost_first_tries).cloned().collect()
    }
}
