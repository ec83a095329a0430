//! The log line, metrics and trace of an event. One line of JSON on standard output is the log line and the metrics
//! ([`log_line`], [`metrics`]); the phases go to X-Ray ([`trace`]). They hold ids, counts and durations, never a name, an
//! address, a number or a token.

mod completed_event;
mod emitter;
mod log_line;
mod metrics;
mod source;
#[cfg(test)]
mod tests;
mod trace;

pub use completed_event::CompletedEvent;
pub use emitter::{emit, init};
pub use metrics::{METRICS, Metric};
pub use source::{Source, Trigger};
