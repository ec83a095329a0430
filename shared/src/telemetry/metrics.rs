//! The metrics of an event, in CloudWatch's embedded metric format, which the `metrique` library writes.
//!
//! Each is there by operation and trigger, eight combinations at most: a dimension more would multiply
//! what CloudWatch charges for. Tenants are properties of the line, to be searched for in the log.

use std::time::Duration;

use metrique_writer_core::{MetricFlags, Observation, Unit, Value, ValueWriter, unit::NegativeScale::Milli};
use metrique_writer_format_emf::Emf;

use super::report::Told;
use crate::{operation::Operation, phases::Phase};

/// The dimensions of all metrics: fields of the line, by name.
pub(super) const DIMENSIONS: [&str; 2] = ["operation", "trigger"];

/// A metric of an event.
pub struct Metric {
    /// What it is called.
    pub name: &'static str,
    unit: Unit,
    /// Its value, for events that have it.
    value: fn(&Told<'_>) -> Option<Observation>,
}

/// All metrics that there are.
pub const METRICS: [Metric; 16] = [
    count("ContactsCreated", |told| of_upsert(told, told.report.counts.created)),
    count("ContactsUpdated", |told| of_upsert(told, told.report.counts.updated)),
    count("ContactsUnchanged", |told| of_upsert(told, told.report.counts.unchanged)),
    count("ContactsRejected", |told| of_upsert(told, told.report.counts.rejected)),
    count("ContactsDeleted", |told| match told.report.source.operation {
        Operation::Upsert => None,
        Operation::Delete => Some(whole(told.report.counts.deleted)),
    }),
    count("Failures", |told| Some(Observation::Unsigned(told.report.cause.is_some().into()))),
    count("RoundTrips", |told| Some(Observation::Unsigned(told.usage.round_trips.into()))),
    count("Retries", |told| Some(Observation::Unsigned(told.usage.retries.into()))),
    count("Throttles", |told| Some(Observation::Unsigned(told.usage.throttles.into()))),
    Metric {
        name: "ReadUnits",
        unit: Unit::None,
        value: |told| Some(Observation::Floating(told.usage.read_units)),
    },
    Metric {
        name: "WriteUnits",
        unit: Unit::None,
        value: |told| Some(Observation::Floating(told.usage.write_units)),
    },
    time("Duration", |told| Some(milliseconds(told.duration))),
    time("AccessDuration", |told| told.time_in(Phase::Access).map(milliseconds)),
    time("ParseDuration", |told| told.time_in(Phase::Parse).map(milliseconds)),
    time("AccountsDuration", |told| told.time_in(Phase::Accounts).map(milliseconds)),
    time("ContactsDuration", |told| told.time_in(Phase::Contacts).map(milliseconds)),
];

const fn count(name: &'static str, value: fn(&Told<'_>) -> Option<Observation>) -> Metric {
    Metric { name, unit: Unit::Count, value }
}

const fn time(name: &'static str, value: fn(&Told<'_>) -> Option<Observation>) -> Metric {
    Metric { name, unit: Unit::Second(Milli), value }
}

fn of_upsert(told: &Told<'_>, count: usize) -> Option<Observation> {
    (told.report.source.operation == Operation::Upsert).then_some(whole(count))
}

fn whole(count: usize) -> Observation {
    Observation::Unsigned(u64::try_from(count).unwrap_or(u64::MAX))
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> Observation {
    Observation::Floating((duration.as_secs_f64() * 1e6).round() / 1e3)
}

impl Metric {
    /// What it is for an event, if the event has it.
    pub(super) fn of(&self, told: &Told<'_>) -> Option<Measured> {
        (self.value)(told).map(|value| Measured { value, unit: self.unit })
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

/// What writes lines in the embedded metric format. What it could check (that no name comes twice, that
/// all dimensions are there) is the same for every event, so tests check it.
pub(super) fn emf(namespace: String) -> Emf {
    Emf::no_validations(namespace, vec![DIMENSIONS.map(str::to_owned).to_vec()])
}
