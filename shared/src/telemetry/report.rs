//! What there is to tell of an event, collected while it is worked on.

use std::{
    ops::AddAssign,
    time::{Duration, Instant, SystemTime},
};

use lambda_http::Context;
use tracing::Level;

use super::TELEMETRY;
use crate::{
    domain::TenantName,
    operation::Operation,
    phases::{Phase, Span},
    store::{Store, Usage},
};

/// What brings events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// API Gateway.
    Http,
    /// A queue of SQS.
    Sqs,
    /// An event bus.
    EventBridge,
    /// Whoever invokes the function.
    Direct,
}

impl Trigger {
    /// Its name, as logs and metrics have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sqs => "sqs",
            Self::EventBridge => "eventbridge",
            Self::Direct => "direct",
        }
    }
}

/// Where an event comes from, and what it is to bring about.
#[derive(Clone, Copy)]
pub struct Source<'e> {
    /// What brought it.
    pub trigger: Trigger,
    /// What it asks for.
    pub operation: Operation,
    /// The invocation that it is in.
    pub context: &'e Context,
    /// The id that SQS or EventBridge gave it.
    pub message_id: Option<&'e str>,
}

/// How many contacts an event created, changed, left as they were, rejected and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items that created a contact.
    pub created: usize,
    /// Items that changed a contact.
    pub updated: usize,
    /// Items that found their contact as they wanted it.
    pub unchanged: usize,
    /// Items that did not go through.
    pub rejected: usize,
    /// Contacts that are gone.
    pub deleted: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.deleted += other.deleted;
    }
}

/// An event that is being worked on.
pub struct Report<'e> {
    /// Where it came from.
    pub source: Source<'e>,
    pub(super) begun: Instant,
    pub(super) begun_at: SystemTime,
    /// Whose event it was, once that is known.
    pub tenant: Option<TenantName>,
    /// The HTTP status of its answer, if it came over HTTP.
    pub status: Option<u16>,
    /// What it did.
    pub counts: Counts,
    /// What went wrong, if it wasn't the caller's doing.
    pub cause: Option<String>,
}

impl<'e> Report<'e> {
    /// A report on an event that has just come.
    #[must_use]
    pub fn new(source: Source<'e>) -> Self {
        Self {
            source,
            begun: Instant::now(),
            begun_at: SystemTime::now(),
            tenant: None,
            status: None,
            counts: Counts::default(),
            cause: None,
        }
    }

    /// Tells of the event, which is over; `store` is the one that counted for it.
    pub fn end(&self, store: &Store) {
        if let Some(telemetry) = TELEMETRY.get() {
            telemetry.tell(&Told::of(self, store));
        }
    }
}

/// An event that is over.
pub(super) struct Told<'r> {
    pub(super) report: &'r Report<'r>,
    pub(super) usage: Usage,
    pub(super) spans: Vec<Span>,
    pub(super) duration: Duration,
}

impl<'r> Told<'r> {
    pub(super) fn of(report: &'r Report<'r>, store: &Store) -> Self {
        let (usage, spans) = (store.usage(), store.phases().spans());
        Self { report, usage, spans, duration: report.begun.elapsed() }
    }

    pub(super) fn level(&self) -> Level {
        if self.report.cause.is_some() { Level::ERROR } else { Level::INFO }
    }

    pub(super) fn ended_at(&self) -> SystemTime {
        self.report.begun_at + self.duration
    }

    /// How long the event was in a phase, if it came to it.
    pub(super) fn time_in(&self, phase: Phase) -> Option<Duration> {
        let durations = self.spans.iter().filter(|span| span.phase == phase).map(Span::duration);
        durations.reduce(|sum, more| sum + more)
    }
}
