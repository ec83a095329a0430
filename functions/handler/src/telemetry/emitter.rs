//! Set-up of telemetry, and the output of each event.

use std::{
    env,
    io::Write,
    sync::{Mutex, OnceLock, PoisonError},
};

use metrique_writer_core::format::Format;
use metrique_writer_format_emf::Emf;
use tracing::Level;

use super::{completed_event::CompletedEvent, log_line, metrics, trace::Daemon};

/// The process's telemetry; unset until [`init`].
static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();

/// Sets up logs, metrics and traces for the process.
///
/// - `CONTACTS_LOG_LEVEL` is `error`, `warn` or `info`, the default. Release builds have no lower level, because libraries
///   log whole events there.
/// - `CONTACTS_METRICS_NAMESPACE` is the namespace of the metrics. Without it, there are no metrics, and the lines of events
///   are log lines that follow the level.
/// - `AWS_XRAY_DAEMON_ADDRESS`, which Lambda sets, is the destination of traces.
pub fn init() {
    let level = env::var("CONTACTS_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let level = level.unwrap_or(Level::INFO).min(Level::INFO);
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // The runtime's span of an invocation has the request id, for lines of libraries.
        .with_current_span(true)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(std::io::stdout)
        .finish();
    // `init` would also connect the `log` crate. A second call fails, which leaves the first in effect.
    let _ = tracing::subscriber::set_global_default(subscriber);
    // `sam local` sets variables to empty strings that are not set on AWS.
    let namespace = env::var("CONTACTS_METRICS_NAMESPACE").ok().filter(|namespace| !namespace.is_empty());
    let emf = namespace.map(metrics::emf);
    let daemon = env::var("AWS_XRAY_DAEMON_ADDRESS").ok().and_then(|address| Daemon::at(&address));
    let _ = TELEMETRY.set(Telemetry { level, emf: emf.map(Mutex::new), daemon });
}

/// Writes the log line, the metrics and the trace of an event. Best effort: errors are ignored.
pub fn emit(event: &CompletedEvent<'_>) {
    if let Some(telemetry) = TELEMETRY.get() {
        telemetry.emit(event);
    }
}

pub(super) struct Telemetry {
    pub(super) level: Level,
    pub(super) emf: Option<Mutex<Emf>>,
    pub(super) daemon: Option<Daemon>,
}

impl Telemetry {
    fn emit(&self, event: &CompletedEvent<'_>) {
        if let Some(line) = self.line(event) {
            // The reader of standard output may have closed it; that must not fail the event.
            let _ = std::io::stdout().write_all(&line);
        }
        if let Some(daemon) = &self.daemon {
            daemon.send(event);
        }
    }

    /// The event's line; `None` if the level excludes it. With metrics there always is one, because it carries them.
    pub(super) fn line(&self, event: &CompletedEvent<'_>) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match &self.emf {
            Some(emf) => {
                let mut emf = emf.lock().unwrap_or_else(PoisonError::into_inner);
                emf.format(event, &mut line).ok()?;
            }
            None if event.level() > self.level => return None,
            None => log_line::write_json(event, &mut line),
        }
        Some(line)
    }
}
