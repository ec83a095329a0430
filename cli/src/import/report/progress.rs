//! Progress of an import on standard error: a bar on a terminal, or else a line every few seconds.

use std::{
    io::{self, IsTerminal},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration, ProgressBar};

use super::row_counts::RowCounts;
use crate::output::{note, progress_style};

/// How often a line is written if standard error is not a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// How often the bar is redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(200);

/// Template of the bar of a file of known size. The message is cut to the width of the terminal.
const FILE_TEMPLATE: &str = "{bar:20} {elapsed} {wide_msg}";

/// Template of the bar of a stream.
const STREAM_TEMPLATE: &str = "{spinner} {elapsed} {wide_msg}";

/// How long an import has to run before the time that it will take is estimated.
const ESTIMATE_AFTER: Duration = Duration::from_secs(5);

/// Shows the progress of an import.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// When the last line was written; `None` on a terminal.
    last_line: Option<Mutex<Instant>>,
}

impl Progress {
    /// Starts the progress of a file with this size in bytes, or of a stream.
    pub(crate) fn new(size: Option<u64>) -> Self {
        let (bar, template) = match size {
            Some(size) => (ProgressBar::new(size), FILE_TEMPLATE),
            None => (ProgressBar::new_spinner(), STREAM_TEMPLATE),
        };
        bar.set_style(progress_style(template));
        bar.set_message("0 rows");
        let last_line = (!io::stderr().is_terminal()).then(|| Mutex::new(Instant::now()));
        if last_line.is_none() {
            bar.enable_steady_tick(REDRAW_INTERVAL);
        }
        Self { bar, started: Instant::now(), last_line }
    }

    /// Shows that so many more bytes of the file are done, and the counts of rows so far.
    pub(super) fn advance(&self, bytes: u64, counts: &RowCounts) {
        let (rows, elapsed) = (counts.completed(), self.started.elapsed());
        let rate = u128::from(rows) * 1000 / elapsed.as_millis().max(1);
        let rejected = match counts.rejected {
            0 => String::new(),
            rejected => format!(", {rejected} rejected"),
        };
        self.bar.inc(bytes);
        let share = match self.bar.length() {
            // A workbook's bytes are not counted.
            None | Some(0) if self.bar.position() == 0 => String::new(),
            None | Some(0) => format!("{} read, ", HumanBytes(self.bar.position())),
            Some(size) => {
                let done = self.bar.position().min(size);
                format!("{}%, {}, ", done * 100 / size, time_left(done, size, elapsed))
            }
        };
        self.show(format!("{share}{rows} rows done{rejected}, {rate} a second"));
    }

    /// Shows that a request is retried after a delay.
    pub(super) fn retrying(&self, reason: &str, delay: Duration) {
        self.show(format!("waiting {:.0} s for the service: {reason}", delay.as_secs_f32().ceil()));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, message: String) {
        if let Some(last_line) = &self.last_line {
            let mut last_line = last_line.lock().expect("no thread panics while it writes a line");
            if last_line.elapsed() >= LINE_INTERVAL {
                *last_line = Instant::now();
                note(&format!("contacts: {message}"));
            }
        }
        self.bar.set_message(message);
    }
}

/// Formats an estimate of the time that is left.
fn time_left(done: u64, size: u64, elapsed: Duration) -> String {
    if done == 0 || elapsed < ESTIMATE_AFTER {
        return "time left unknown".to_owned();
    }
    let milliseconds = elapsed.as_millis() * u128::from(size - done) / u128::from(done);
    let left = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX));
    format!("about {} left", HumanDuration(left))
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    use super::*;

    #[test]
    fn progress_templates_are_valid() {
        for template in [FILE_TEMPLATE, STREAM_TEMPLATE] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn the_time_left_is_unknown_at_first() {
        assert_eq!(time_left(0, 100, Duration::from_mins(1)), "time left unknown");
        assert_eq!(time_left(50, 100, Duration::from_secs(1)), "time left unknown");
        assert_eq!(time_left(25, 100, Duration::from_mins(1)), "about 3 minutes left");
    }

    #[test]
    fn progress_shows_rows_rate_and_rejections() {
        let progress = Progress::new(Some(10));
        progress.advance(10, &RowCounts { created: 5, rejected: 1, ..RowCounts::default() });
        let message = progress.bar.message();
        assert!(message.starts_with("100%, time left unknown, 6 rows done"), "{message}");
        assert!(message.contains(", 1 rejected, ") && message.ends_with(" a second"), "{message}");
        assert_eq!(progress.bar.position(), 10);
    }
}
