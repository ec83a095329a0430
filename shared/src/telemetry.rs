//! Logs: one line of JSON an event, to standard output, where Lambda picks it up. It carries ids, counts
//! and durations, and never what a caller or a contact is called, nor an address, a number or a token.

use std::{ops::AddAssign, time::Duration};

use tracing::{Level, error, info};

use crate::{domain::TenantName, operation::Operation, store::Usage};

/// Begins logging. `CONTACTS_LOG_LEVEL` may be `error`, `warn` or `info`, which it is by default; there
/// is nothing below that in a release build, since libraries log whole events there.
pub fn begin() {
    let level = std::env::var("CONTACTS_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(level.unwrap_or(Level::INFO).min(Level::INFO))
        .with_writer(std::io::stdout)
        .init();
}

/// How many contacts an event created, updated, rejected and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items that created a contact.
    pub created: usize,
    /// Items whose contact was there.
    pub updated: usize,
    /// Items that did not go through.
    pub rejected: usize,
    /// Contacts that are gone.
    pub deleted: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.rejected += other.rejected;
        self.deleted += other.deleted;
    }
}

/// What there is to say about an event.
#[derive(Debug)]
pub struct Report<'a> {
    trigger: &'static str,
    id: &'a str,
    operation: Operation,
    /// Whose event it was, once that is known.
    pub tenant: Option<TenantName>,
    /// The HTTP status of its answer, if it came over HTTP.
    pub status: Option<u16>,
    /// What it did.
    pub counts: Counts,
    /// What went wrong, if it wasn't the caller's doing.
    pub cause: Option<String>,
}

impl<'a> Report<'a> {
    /// A report on an event that has just come by a trigger; `id` is the request's or the message's.
    #[must_use]
    pub fn new(trigger: &'static str, id: &'a str, operation: Operation) -> Self {
        Self { trigger, id, operation, tenant: None, status: None, counts: Counts::default(), cause: None }
    }
}

/// Writes an event's line.
pub fn log(report: &Report<'_>, usage: &Usage, duration: Duration) {
    let Counts { created, updated, rejected, deleted } = report.counts;
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    macro_rules! line {
        ($level:ident) => {
            $level!(
                request_id = report.id,
                trigger = report.trigger,
                operation = %report.operation,
                tenant = report.tenant.as_ref().map(TenantName::as_str),
                status = report.status,
                cause = report.cause,
                created,
                updated,
                rejected,
                deleted,
                duration_ms,
                round_trips = usage.round_trips,
                failed_calls = usage.failed_calls,
                retries = usage.retries,
                last_retry = usage.last_retry,
                read_units = usage.read_units,
                write_units = usage.write_units,
                "answered"
            )
        };
    }
    if report.cause.is_some() {
        line!(error);
    } else {
        line!(info);
    }
}
