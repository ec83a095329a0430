//! What an import did, in the end: a table for people, JSON for programs.

use std::{path::PathBuf, time::Duration};

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde::Serialize;

use super::tally::Counts;

/// The numbers add up: every row that was read was created, updated, rejected or not sent.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    rows: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// Those of which it isn't known whether they are stored; only an import that was stopped has any.
    not_sent: u64,
    rejected_file: Option<String>,
    seconds: f64,
}

impl Summary {
    pub(super) fn new(counts: Counts, rejected_file: Option<PathBuf>, took: Duration) -> Self {
        Self {
            rows: counts.read,
            created: counts.created,
            updated: counts.updated,
            rejected: counts.rejected,
            not_sent: counts.read - counts.settled(),
            rejected_file: rejected_file.map(|path| path.display().to_string()),
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }

    /// Prints it.
    pub(super) fn print(&self, json: bool) {
        if json {
            // Serialising numbers and text never fails.
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let mut table = Table::new();
        table.load_style(NOTHING);
        for (what, count) in [
            ("rows", self.rows),
            ("created", self.created),
            ("updated", self.updated),
            ("rejected", self.rejected),
            ("not sent", self.not_sent),
        ] {
            table.add_row([what.to_owned(), count.to_string()]);
        }
        table.add_row(["seconds".to_owned(), format!("{:.1}", self.seconds)]);
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        println!("{table}");
        if let Some(path) = &self.rejected_file {
            println!("The rejected rows are in {path}: correct them there, and import that file.");
        }
    }
}
