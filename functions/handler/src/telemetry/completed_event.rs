//! An event that has been processed, with everything that is reported about it.

use std::time::{Duration, Instant, SystemTime};

use contacts_core::{
    context::{Mode, Phase, Span, Usage},
    domain::TenantName,
};
use tracing::Level;

use super::source::Source;
use crate::counts::ContactCounts;

/// An event that has been processed.
pub struct CompletedEvent<'e> {
    /// The event's origin.
    pub source: Source<'e>,
    /// When processing started.
    pub start: Instant,
    /// The same by the system's clock.
    pub start_time: SystemTime,
    /// How long processing took.
    pub duration: Duration,
    /// The tenant, if it was found.
    pub tenant: Option<TenantName>,
    /// The HTTP status of the response, for HTTP requests.
    pub status: Option<u16>,
    /// Whether the operation wrote.
    pub mode: Mode,
    /// The contacts by effect; none if it did not write.
    pub counts: ContactCounts,
    /// Why processing failed, if that isn't the caller's error.
    pub cause: Option<String>,
    /// What it consumed at the table.
    pub usage: Usage,
    /// The phases.
    pub spans: Vec<Span>,
}

impl CompletedEvent<'_> {
    pub(super) fn level(&self) -> Level {
        if self.cause.is_some() { Level::ERROR } else { Level::INFO }
    }

    pub(super) fn end_time(&self) -> SystemTime {
        self.start_time + self.duration
    }

    /// The time that was spent in a phase; `None` if the event did not get to it.
    pub(super) fn time_in(&self, phase: Phase) -> Option<Duration> {
        let durations = self.spans.iter().filter(|span| span.phase == phase).map(Span::duration);
        durations.reduce(|sum, more| sum + more)
    }
}
