//! The result of an import on standard output, as a table or as JSON.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;

use super::row_counts::RowCounts;
use crate::output::{OutputFormat, note, print};

/// The result of an import. `rows_read` is the sum of `created`, `updated`, `rejected`, `unknown` and
/// `not_sent`.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// Whether nothing was written, because it was a dry run.
    dry_run: bool,
    rows_read: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// Rows that were sent, without an outcome from the service: they may be stored. 0 unless the import was stopped.
    unknown: u64,
    /// Rows that were read but not sent. 0 unless the import was stopped.
    not_sent: u64,
    rejected_file: Option<String>,
    seconds: f64,
}

impl Summary {
    pub(crate) fn new(
        dry_run: bool,
        counts: RowCounts,
        rejected_file: Option<PathBuf>,
        elapsed: Duration,
    ) -> Self {
        Self {
            dry_run,
            rows_read: counts.read,
            created: counts.created,
            updated: counts.updated,
            rejected: counts.rejected,
            unknown: counts.unknown,
            not_sent: counts.not_sent(),
            rejected_file: rejected_file.map(|path| path.display().to_string()),
            seconds: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }

    /// Prints the result; on standard error if standard output can't be written.
    pub(crate) fn print(&self, output: OutputFormat) {
        let text = match output {
            OutputFormat::Json => serde_json::to_string(self).expect("numbers and text serialise"),
            OutputFormat::Text => self.text(),
        };
        if let Err(error) = print(&text) {
            note(&format!("contacts: {}", error.report()));
            note(&text);
        }
    }

    fn text(&self) -> String {
        let tense = if self.dry_run { "would be " } else { "" };
        let rows = [
            ("rows read".to_owned(), self.rows_read),
            (format!("{tense}created"), self.created),
            (format!("{tense}updated"), self.updated),
            (format!("{tense}rejected"), self.rejected),
            ("unknown".to_owned(), self.unknown),
            ("not sent".to_owned(), self.not_sent),
        ];
        let mut lines: Vec<String> = rows.map(|(label, count)| format!("{label:<17}{count:>12}")).into();
        lines.push(format!("{:<17}{:>12.1}", "seconds", self.seconds));
        if self.unknown > 0 {
            lines.push("Unknown rows were sent, but the service did not report their outcome: they may be stored or not.".to_owned());
        }
        if let Some(path) = &self.rejected_file {
            lines.push(format!("The rejected rows are in {path}. Correct them there and import that file."));
        }
        if self.dry_run {
            lines.push("Nothing was stored: this was a dry run.".to_owned());
        }
        lines.join("\n")
    }
}
