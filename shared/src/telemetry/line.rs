//! An event's line. Its fields are the same whether it is written in the embedded metric format or, where
//! nobody wants metrics, as a plain log line: the format only adds `_aws`, which says what is a metric.

use std::{borrow::Cow, io::Write};

use jiff::Timestamp;
use metrique_writer_core::{Entry, EntryWriter, Observation};
use metrique_writer_format_emf::NoMetric;
use serde_json::{Map, Value as Json};

use super::{metrics::METRICS, report::Told};
use crate::domain::TenantName;

impl Told<'_> {
    /// The fields that hold text, with what the event has there.
    fn texts(&self) -> [(&'static str, Option<Cow<'_, str>>); 10] {
        let (report, source) = (self.report, &self.report.source);
        let time = Timestamp::try_from(self.ended_at()).unwrap_or_default();
        [
            // Lambda takes a line's time and level from these two.
            ("timestamp", Some(time.to_string().into())),
            ("level", Some(self.level().as_str().into())),
            ("message", Some("answered".into())),
            ("request_id", Some(source.context.request_id.as_str().into())),
            ("message_id", source.message_id.map(Cow::from)),
            ("operation", Some(source.operation.to_string().into())),
            ("trigger", Some(source.trigger.as_str().into())),
            ("tenant", report.tenant.as_ref().map(|name| TenantName::as_str(name).into())),
            ("cause", report.cause.as_deref().map(Cow::from)),
            ("last_retry", self.usage.last_retry.as_deref().map(Cow::from)),
        ]
    }

    /// The fields that hold a number which is no metric.
    fn numbers(&self) -> [(&'static str, Option<u32>); 2] {
        [("status", self.report.status.map(u32::from)), ("failed_calls", Some(self.usage.failed_calls))]
    }
}

impl Entry for Told<'_> {
    fn write<'a>(&'a self, line: &mut impl EntryWriter<'a>) {
        line.timestamp(self.ended_at());
        for (name, text) in self.texts() {
            line.value(name, &text.as_deref());
        }
        for (name, number) in self.numbers() {
            line.value(name, &number.map(NoMetric::from));
        }
        for metric in &METRICS {
            line.value(metric.name, &metric.of(self));
        }
    }
}

/// Writes the line as it is without metrics.
pub(super) fn plain(told: &Told<'_>, output: &mut Vec<u8>) {
    let texts = told.texts().map(|(name, text)| (name, text.map(Json::from)));
    let numbers = told.numbers().map(|(name, number)| (name, number.map(Json::from)));
    let metrics = METRICS.iter().map(|metric| {
        let value = metric.of(told).map(|measured| match measured.value {
            Observation::Unsigned(whole) => Json::from(whole),
            Observation::Floating(number) => Json::from(number),
            // No metric is a sum of several.
            _ => Json::Null,
        });
        (metric.name, value)
    });
    let fields = texts.into_iter().chain(numbers).chain(metrics);
    let fields: Map<_, _> =
        fields.filter_map(|(name, value)| value.map(|value| (name.to_owned(), value))).collect();
    // Writing to memory has no way to fail.
    let _ = writeln!(output, "{}", Json::Object(fields));
}
