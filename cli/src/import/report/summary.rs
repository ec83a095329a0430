//! The result of an import on standard output, as a table or as JSON.

use std::{path::PathBuf, time::Duration};

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde::Serialize;

use super::row_counts::RowCounts;
use crate::output::OutputFormat;

/// The result of an import. `rows` is the sum of `created`, `updated`, `rejected` and `not_sent`.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// Rows without a known outcome: not sent, or sent without a response. 0 unless the import was stopped.
    not_sent: u64,
    rejected_file: Option<String>,
    seconds: f64,
}

impl Summary {
    pub(crate) fn new(counts: RowCounts, rejected_file: Option<PathBuf>, elapsed: Duration) -> Self {
        Self {
            rows: counts.read,
            created: counts.created,
            updated: counts.updated,
            rejected: counts.rejected,
            not_sent: counts.read - counts.completed(),
            rejected_file: rejected_file.map(|path| path.display().to_string()),
            seconds: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }

    pub(crate) fn print(&self, output: OutputFormat) {
        match output {
            OutputFormat::Json => {
                println!("{}", serde_json::to_string(self).expect("numbers and text serialise"));
            }
            OutputFormat::Text => self.print_table(),
        }
    }

    fn print_table(&self) {
        let mut table = Table::new();
        table.load_style(NOTHING);
        for (outcome, count) in [
            ("rows", self.rows),
            ("created", self.created),
            ("updated", self.updated),
            ("rejected", self.rejected),
            ("not sent", self.not_sent),
        ] {
            table.add_row([outcome.to_owned(), count.to_string()]);
        }
        table.add_row(["seconds".to_owned(), format!("{:.1}", self.seconds)]);
        let numbers = table.column_mut(1).expect("every row has two cells");
        numbers.set_cell_alignment(CellAlignment::Right);
        println!("{table}");
        if let Some(path) = &self.rejected_file {
            println!("The rejected rows are in {path}. Correct them there and import that file.");
        }
    }
}
