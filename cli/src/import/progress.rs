//! How far the import is: a bar on a terminal, a line now and then anywhere else. On standard error, so
//! that standard output is the summary's.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::tally::Counts;

/// How often a line is written where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// What is shown of a file whose size is known.
const OF_A_FILE: &str = "{bar:30} {percent:>3}% of {total_bytes}, {msg}, {elapsed}, {eta} left";

/// What is shown of a stream.
const OF_A_STREAM: &str = "{spinner} {bytes}, {msg}, {elapsed}";

/// Shows how far the import is.
pub(super) struct Progress {
    bar: ProgressBar,
    begun: Instant,
    /// When the last line was written, where there is no terminal.
    last_line: Option<Mutex<Instant>>,
}

impl Progress {
    /// Of a file of so many bytes, if that is known.
    pub(super) fn new(size: Option<u64>) -> Self {
        let (bar, template) = match size {
            Some(size) => (ProgressBar::new(size), OF_A_FILE),
            None => (ProgressBar::new_spinner(), OF_A_STREAM),
        };
        // Fails only on a template that is wrong in itself.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message("0 rows");
        let last_line = (!std::io::stderr().is_terminal()).then(|| Mutex::new(Instant::now()));
        if last_line.is_none() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, begun: Instant::now(), last_line }
    }

    /// Shows that so much more of the file is done, and what became of its rows so far.
    pub(super) fn advance(&self, bytes: u64, counts: &Counts) {
        let rows = counts.settled();
        let rate = u128::from(rows) * 1000 / self.begun.elapsed().as_millis().max(1);
        let rejected = match counts.rejected {
            0 => String::new(),
            rejected => format!(", {rejected} rejected"),
        };
        self.bar.inc(bytes);
        self.say(format!("{rows} rows, {rate} a second{rejected}"));
    }

    /// Shows that a call has to wait.
    pub(super) fn waiting(&self, why: &str, wait: Duration) {
        self.say(format!("waiting {:.0} s for the service: {why}", wait.as_secs_f32().ceil()));
    }

    /// Ends the showing.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, message: String) {
        if let Some(last_line) = &self.last_line {
            let mut last_line = last_line.lock().unwrap_or_else(PoisonError::into_inner);
            if last_line.elapsed() >= BETWEEN_LINES {
                *last_line = Instant::now();
                let percent = self.bar.length().filter(|size| *size > 0);
                let percent = percent.map(|size| format!("{}%, ", self.bar.position() * 100 / size));
                eprintln!("contacts: {}{message}", percent.unwrap_or_default());
            }
        }
        self.bar.set_message(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_can_be_drawn() {
        for template in [OF_A_FILE, OF_A_STREAM] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn what_is_done_is_shown_with_its_rate_and_its_rejections() {
        let progress = Progress::new(Some(10));
        progress.advance(10, &Counts { created: 5, rejected: 1, ..Counts::default() });
        let message = progress.bar.message();
        assert!(message.starts_with("6 rows, ") && message.ends_with(" a second, 1 rejected"), "{message}");
        assert_eq!(progress.bar.position(), 10);
    }
}
