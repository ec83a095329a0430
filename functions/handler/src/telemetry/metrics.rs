//! The metrics of an event, in CloudWatch's embedded metric format, which the `metrique` library writes.
//!
//! The dimensions are operation and trigger, at most eight combinations: CloudWatch charges by combination. The tenant is a
//! property of the line instead, to search for in the log.

use std::time::Duration;

use contacts_core::context::Phase;
use metrique_writer_core::{MetricFlags, Observation, Unit, Value, ValueWriter, unit::NegativeScale::Milli};
use metrique_writer_format_emf::Emf;

use super::completed_event::CompletedEvent;
use crate::operation::Operation;

/// The dimensions of all metrics, as fields of the line.
pub(super) const DIMENSIONS: [&str; 2] = ["operation", "trigger"];

/// A metric of an event.
pub struct Metric {
    /// The metric's name.
    pub name: &'static str,
    unit: Unit,
    /// The value; `None` for events without it.
    value: fn(&CompletedEvent<'_>) -> Option<Observation>,
}

/// All metrics.
pub const METRICS: [Metric; 16] = [
    count("ContactsCreated", |event| of_upsert(event, event.counts.created)),
    count("ContactsUpdated", |event| of_upsert(event, event.counts.updated)),
    count("ContactsUnchanged", |event| of_upsert(event, event.counts.unchanged)),
    count("ContactsRejected", |event| of_upsert(event, event.counts.rejected)),
    count("ContactsDeleted", |event| match event.source.operation {
        Operation::Upsert => None,
        Operation::Delete => Some(whole(event.counts.deleted)),
    }),
    count("Failures", |event| Some(Observation::Unsigned(event.cause.is_some().into()))),
    count("RoundTrips", |event| Some(Observation::Unsigned(event.usage.round_trips.into()))),
    count("Retries", |event| Some(Observation::Unsigned(event.usage.retries.into()))),
    count("Throttles", |event| Some(Observation::Unsigned(event.usage.throttles.into()))),
    Metric {
        name: "ReadUnits",
        unit: Unit::None,
        value: |event| Some(Observation::Floating(event.usage.read_units)),
    },
    Metric {
        name: "WriteUnits",
        unit: Unit::None,
        value: |event| Some(Observation::Floating(event.usage.write_units)),
    },
    time("Duration", |event| Some(milliseconds(event.duration))),
    time("AccessDuration", |event| event.time_in(Phase::Access).map(milliseconds)),
    time("ParseDuration", |event| event.time_in(Phase::Parse).map(milliseconds)),
    time("AccountsDuration", |event| event.time_in(Phase::Accounts).map(milliseconds)),
    time("ContactsDuration", |event| event.time_in(Phase::Contacts).map(milliseconds)),
];

const fn count(name: &'static str, value: fn(&CompletedEvent<'_>) -> Option<Observation>) -> Metric {
    Metric { name, unit: Unit::Count, value }
}

const fn time(name: &'static str, value: fn(&CompletedEvent<'_>) -> Option<Observation>) -> Metric {
    Metric { name, unit: Unit::Second(Milli), value }
}

fn of_upsert(event: &CompletedEvent<'_>, count: usize) -> Option<Observation> {
    (event.source.operation == Operation::Upsert).then_some(whole(count))
}

fn whole(count: usize) -> Observation {
    Observation::Unsigned(count.try_into().expect("a usize fits into 64 bits"))
}

/// Milliseconds, rounded to microseconds.
fn milliseconds(duration: Duration) -> Observation {
    Observation::Floating((duration.as_secs_f64() * 1e6).round() / 1e3)
}

impl Metric {
    /// The metric's value for an event; `None` if the event has none.
    pub(super) fn of(&self, event: &CompletedEvent<'_>) -> Option<Measured> {
        (self.value)(event).map(|value| Measured { value, unit: self.unit })
    }
}

/// A value with its unit.
pub(super) struct Measured {
    pub(super) value: Observation,
    unit: Unit,
}

impl Value for Measured {
    fn write(&self, writer: impl ValueWriter) {
        writer.metric([self.value], self.unit, [], MetricFlags::empty());
    }
}

/// A writer of lines in the embedded metric format. It doesn't validate lines (unique names, all dimensions present): that
/// is the same for every event, so tests check it.
pub(super) fn emf(namespace: String) -> Emf {
    Emf::no_validations(namespace, vec![DIMENSIONS.map(str::to_owned).to_vec()])
}
