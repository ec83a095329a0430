//! Progress of an import on standard error: a bar on a terminal, or else a line every few seconds.

use std::{
    io::{self, IsTerminal},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use super::row_counts::RowCounts;
use crate::output::progress_style;

/// How often a line is written if standard error is not a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// How often the bar is redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(200);

/// Template of the bar of a file, whose size is known.
const FILE_TEMPLATE: &str = "{bar:30} {percent:>3}% of {total_bytes}, {msg}, {elapsed}, {eta} left";

/// Template of the bar of a stream.
const STREAM_TEMPLATE: &str = "{spinner} {bytes}, {msg}, {elapsed}";

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
        let rows = counts.completed();
        let rate = u128::from(rows) * 1000 / self.started.elapsed().as_millis().max(1);
        let rejected = match counts.rejected {
            0 => String::new(),
            rejected => format!(", {rejected} rejected"),
        };
        self.bar.inc(bytes);
        self.show(format!("{rows} rows, {rate} a second{rejected}"));
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
                match self.bar.length() {
                    None | Some(0) => eprintln!("contacts: {message}"),
                    Some(size) => eprintln!("contacts: {}%, {message}", self.bar.position() * 100 / size),
                }
            }
        }
        self.bar.set_message(message);
    }
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
    fn progress_shows_rows_rate_and_rejections() {
        let progress = Progress::new(Some(10));
        progress.advance(10, &RowCounts { created: 5, rejected: 1, ..RowCounts::default() });
        let message = progress.bar.message();
        assert!(message.starts_with("6 rows, ") && message.ends_with(" a second, 1 rejected"), "{message}");
        assert_eq!(progress.bar.position(), 10);
    }
}
