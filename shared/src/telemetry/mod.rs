//! What is told of an event when it is over: one line of JSON to standard output, which is its log line
//! and its metrics at once ([`line`]), and its phases to X-Ray ([`trace`]). All of it is ids, counts and
//! durations, never what a caller or a contact is called, nor an address, a number or a token.

mod line;
mod metrics;
mod report;
mod trace;

use std::{
    env,
    io::Write,
    sync::{Mutex, OnceLock, PoisonError},
};

use metrique_writer_core::format::Format;
use metrique_writer_format_emf::Emf;
use tracing::Level;

pub use metrics::{METRICS, Metric};
pub use report::{Counts, Report, Source, Trigger};

use report::Told;
use trace::Daemon;

/// Where to tell of events; nowhere until [`begin`].
static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();

/// Begins telling.
///
/// - `CONTACTS_LOG_LEVEL` may be `error`, `warn` or `info`, which it is by default; there is nothing below
///   that in a release build, since libraries log whole events there.
/// - `CONTACTS_METRICS_NAMESPACE` is where the metrics of events go. Without it the lines of events are log
///   lines only, and follow the level.
/// - `AWS_XRAY_DAEMON_ADDRESS`, which Lambda sets, is where traces go.
pub fn begin() {
    let level = env::var("CONTACTS_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let level = level.unwrap_or(Level::INFO).min(Level::INFO);
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // The runtime's span of an invocation, with the request id, for lines that aren't an event's own.
        .with_current_span(true)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(std::io::stdout)
        .finish();
    // Not `init`, which would bring in the records of the `log` crate too. Only a second call can fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
    // `sam local` hands out variables empty that wouldn't be there on AWS.
    let namespace = env::var("CONTACTS_METRICS_NAMESPACE").ok().filter(|namespace| !namespace.is_empty());
    let emf = namespace.map(metrics::emf);
    let daemon = env::var("AWS_XRAY_DAEMON_ADDRESS").ok().and_then(|address| Daemon::at(&address));
    let _ = TELEMETRY.set(Telemetry { level, emf: emf.map(Mutex::new), daemon });
}

struct Telemetry {
    level: Level,
    emf: Option<Mutex<Emf>>,
    daemon: Option<Daemon>,
}

impl Telemetry {
    fn tell(&self, told: &Told<'_>) {
        if let Some(line) = self.line(told) {
            // Whoever reads standard output may be gone; an event doesn't fail for that.
            let _ = std::io::stdout().write_all(&line);
        }
        if let Some(daemon) = &self.daemon {
            daemon.tell(told);
        }
    }

    /// The event's line, if it is wanted. With metrics it always is: without the line they are lost.
    fn line(&self, told: &Told<'_>) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match &self.emf {
            Some(emf) => {
                let mut emf = emf.lock().unwrap_or_else(PoisonError::into_inner);
                emf.format(told, &mut line).ok()?;
            }
            None if told.level() > self.level => return None,
            None => line::plain(told, &mut line),
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests;
