//! What is printed: tables for people, JSON for programs. Results go to standard output, all that is only
//! said about them to standard error.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// A column of a table: its title, which is the field's name in JSON, and what a row has in it.
pub(crate) type Column<R> = (&'static str, fn(&R) -> String);

/// How to print.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// JSON instead of tables.
    pub(crate) json: bool,
}

impl Output {
    /// Prints a list; `when_empty` says to people what an empty one means.
    pub(crate) fn list<R: Serialize>(
        self,
        records: &[R],
        columns: &[Column<R>],
        when_empty: &str,
    ) -> Result<(), Failure> {
        if self.json {
            return print(&in_json(&records)?);
        }
        if records.is_empty() {
            self.say(when_empty);
            return Ok(());
        }
        let mut table = plain_table();
        table.set_header(columns.iter().map(|(title, _)| *title));
        for record in records {
            table.add_row(columns.iter().map(|(_, cell)| cell(record)));
        }
        print(&rendered(table))
    }

    /// Prints one thing, a line a field; a field that is empty is left out.
    pub(crate) fn one<R: Serialize>(self, record: &R, fields: &[Column<R>]) -> Result<(), Failure> {
        if self.json {
            return print(&in_json(record)?);
        }
        let mut table = plain_table();
        for (title, cell) in fields {
            let cell = cell(record);
            if !cell.is_empty() {
                table.add_row([(*title).to_owned(), cell]);
            }
        }
        print(&rendered(table))
    }

    /// Says what was done: a sentence to people, the thing it was done to as JSON to programs.
    pub(crate) fn done<R: Serialize>(self, record: &R, sentence: &str) -> Result<(), Failure> {
        if self.json { print(&in_json(record)?) } else { print(sentence) }
    }

    /// Says to people, and only to them, what helps with the result.
    pub(crate) fn say(self, sentence: &str) {
        if !self.json {
            eprintln!("{sentence}");
        }
    }
}

/// Prints a line to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let written = writeln!(output, "{text}").and_then(|()| output.flush());
    written.map_err(|error| Failure::writing("standard output", &error))
}

fn in_json(record: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(record).map_err(|error| Failure::Other(error.to_string()))
}

/// Columns without lines, as wide as the terminal at most.
fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

fn rendered(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}
