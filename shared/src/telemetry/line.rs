//! An event's line. Its fields are the same whether it is written in the embedded metric format or, where
//! nobody wants metrics, as a plain log line: the format only adds `_aws`, which says what is a metric.

use std::{borrow::Cow, io::Write, time::SystemTime};

use jiff::Timestamp;
use metrique_writer_core::{
    Entry, EntryConfig, EntryWriter, MetricFlags, Observation, Unit, ValidationError, Value, ValueWriter,
};
use metrique_writer_format_emf::NoMetric;
use serde_json::{Map, Number, Value as Json};

use super::{metrics::METRICS, report::Told};
use crate::domain::TenantName;

impl Entry for Told<'_> {
    fn write<'a>(&'a self, line: &mut impl EntryWriter<'a>) {
        let (report, source) = (self.report, &self.report.source);
        line.timestamp(self.ended_at());
        // Lambda takes a line's time and level from these two.
        let time = Timestamp::try_from(self.ended_at()).unwrap_or_default();
        line.value("timestamp", &time.to_string());
        line.value("level", self.level().as_str());
        line.value("message", "answered");
        line.value("request_id", source.context.request_id.as_str());
        line.value("message_id", &source.message_id.map(str::to_owned));
        line.value("operation", &source.operation.to_string());
        line.value("trigger", source.trigger.as_str());
        line.value("tenant", &report.tenant.as_ref().map(TenantName::to_string));
        line.value("status", &report.status.map(NoMetric::from));
        line.value("cause", &report.cause);
        line.value("failed_calls", &NoMetric::from(self.usage.failed_calls));
        line.value("last_retry", &self.usage.last_retry);
        for metric in &METRICS {
            line.value(metric.name, &metric.of(self));
        }
    }
}

/// Writes the line as it is without metrics.
pub(super) fn plain(told: &Told<'_>, output: &mut Vec<u8>) {
    let mut fields = Plain(Map::new());
    told.write(&mut fields);
    // Writing to memory has no way to fail.
    let _ = writeln!(output, "{}", Json::Object(fields.0));
}

struct Plain(Map<String, Json>);

impl<'a> EntryWriter<'a> for Plain {
    fn timestamp(&mut self, _timestamp: SystemTime) {}

    fn value(&mut self, name: impl Into<Cow<'a, str>>, value: &(impl Value + ?Sized)) {
        value.write(Field { name: name.into().into_owned(), fields: &mut self.0 });
    }

    fn config(&mut self, _config: &'a dyn EntryConfig) {}
}

struct Field<'p> {
    name: String,
    fields: &'p mut Map<String, Json>,
}

impl ValueWriter for Field<'_> {
    fn string(self, value: &str) {
        self.fields.insert(self.name, value.into());
    }

    fn metric<'a>(
        self,
        distribution: impl IntoIterator<Item = Observation>,
        _unit: Unit,
        _dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
        _flags: MetricFlags<'_>,
    ) {
        let number = match distribution.into_iter().next() {
            Some(Observation::Unsigned(whole)) => Some(whole.into()),
            Some(Observation::Floating(number)) => Number::from_f64(number),
            _ => None,
        };
        self.fields.extend(number.map(|number| (self.name, number.into())));
    }

    fn error(self, _error: ValidationError) {}
}
