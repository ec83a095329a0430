//! The log line of an event. It has the same fields with and without metrics: CloudWatch's embedded metric format only
//! adds `_aws`, which lists the fields that are metrics.

use std::{borrow::Cow, io::Write};

use contacts_core::{context::Mode, domain::TenantName};
use jiff::Timestamp;
use metrique_writer_core::{Entry, EntryWriter, Observation};
use metrique_writer_format_emf::NoMetric;
use serde_json::{Map, Value as Json};

use super::{completed_event::CompletedEvent, metrics::METRICS};

impl CompletedEvent<'_> {
    /// The text fields.
    fn texts(&self) -> [(&'static str, Option<Cow<'_, str>>); 11] {
        let source = &self.source;
        let time = Timestamp::try_from(self.end_time()).expect("the clock shows a year up to 9999");
        [
            // Lambda takes the line's time and level from these two.
            ("timestamp", Some(time.to_string().into())),
            ("level", Some(self.level().as_str().into())),
            ("message", Some("answered".into())),
            ("request_id", Some(source.context.request_id.as_str().into())),
            ("message_id", source.message_id.map(Cow::from)),
            ("operation", Some(source.operation.to_string().into())),
            ("trigger", Some(source.trigger.as_str().into())),
            ("tenant", self.tenant.as_ref().map(|name| TenantName::as_str(name).into())),
            ("mode", (self.mode == Mode::ValidateOnly).then_some("validate_only".into())),
            ("cause", self.cause.as_deref().map(Cow::from)),
            ("last_retry", self.usage.last_retry.as_deref().map(Cow::from)),
        ]
    }

    /// The number fields that are not metrics.
    fn numbers(&self) -> [(&'static str, Option<u32>); 2] {
        [("status", self.status.map(u32::from)), ("failed_calls", Some(self.usage.failed_calls))]
    }
}

impl Entry for CompletedEvent<'_> {
    fn write<'a>(&'a self, line: &mut impl EntryWriter<'a>) {
        line.timestamp(self.end_time());
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

/// Writes the line without metrics.
pub(super) fn write_json(event: &CompletedEvent<'_>, output: &mut Vec<u8>) {
    let texts = event.texts().map(|(name, text)| (name, text.map(Json::from)));
    let numbers = event.numbers().map(|(name, number)| (name, number.map(Json::from)));
    let metrics = METRICS.iter().map(|metric| {
        let value = metric.of(event).map(|measured| match measured.value {
            Observation::Unsigned(whole) => Json::from(whole),
            Observation::Floating(number) => Json::from(number),
            _ => unreachable!("no metric is a repeated observation"),
        });
        (metric.name, value)
    });
    let fields = texts.into_iter().chain(numbers).chain(metrics);
    let fields: Map<_, _> =
        fields.filter_map(|(name, value)| value.map(|value| (name.to_owned(), value))).collect();
    writeln!(output, "{}", Json::Object(fields)).expect("writing to memory doesn't fail");
}
