//! Results on standard output, as tables or as JSON. Hints and progress go to standard error.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use indicatif::ProgressStyle;
use serde::Serialize;

use crate::error::CliError;

/// A table column, or a line of a single record: its title, which is the name of the JSON field, and the
/// function that formats a record's value.
pub(crate) type TableColumn<R> = (&'static str, fn(&R) -> String);

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Tables and sentences.
    Text,
    /// JSON alone, without hints.
    Json,
}

impl OutputFormat {
    /// Prints a list of records. For an empty list, prints nothing in [`Self::Text`] but the hint
    /// `when_empty`.
    pub(crate) fn print_list<R: Serialize>(
        self,
        records: &[R],
        columns: &[TableColumn<R>],
        when_empty: &str,
    ) -> Result<(), CliError> {
        match self {
            Self::Text if records.is_empty() => {
                self.hint(when_empty);
                Ok(())
            }
            Self::Json | Self::Text => print(&self.list(records, columns)),
        }
    }

    /// Prints the records that a change affected, in the form of [`Self::print_list`]. Like
    /// [`Self::print_change`], it does not fail.
    pub(crate) fn print_changed<R: Serialize>(
        self,
        records: &[R],
        columns: &[TableColumn<R>],
        when_empty: &str,
    ) {
        match self {
            Self::Text if records.is_empty() => self.hint(when_empty),
            Self::Json | Self::Text => print_result(&self.list(records, columns)),
        }
    }

    /// Formats records as a table with a header or as a JSON array.
    fn list<R: Serialize>(self, records: &[R], columns: &[TableColumn<R>]) -> String {
        match self {
            Self::Json => json(&records),
            Self::Text => {
                let mut table = borderless_table();
                table.set_header(columns.iter().map(|(title, _)| *title));
                for record in records {
                    table.add_row(columns.iter().map(|(_, cell)| cell(record)));
                }
                render(table)
            }
        }
    }

    /// Prints one record, in [`Self::Text`] as a line per field that isn't empty.
    pub(crate) fn print_record<R: Serialize>(
        self,
        record: &R,
        fields: &[TableColumn<R>],
    ) -> Result<(), CliError> {
        match self {
            Self::Json => print_json(record),
            Self::Text => {
                let mut table = borderless_table();
                for (title, cell) in fields {
                    let cell = cell(record);
                    if !cell.is_empty() {
                        table.add_row([(*title).to_owned(), cell]);
                    }
                }
                print(&render(table))
            }
        }
    }

    /// Prints the result of a change: a sentence in [`Self::Text`], the changed record in [`Self::Json`]. The
    /// change took effect, so a standard output that can't be written is not an error.
    pub(crate) fn print_change<R: Serialize>(self, record: &R, sentence: &str) {
        match self {
            Self::Json => print_result(&json(record)),
            Self::Text => print_result(sentence),
        }
    }

    /// Prints a hint to standard error, in [`Self::Text`] only.
    pub(crate) fn hint(self, sentence: &str) {
        if self == Self::Text {
            note(sentence);
        }
    }
}

/// Prints a line to standard error. A failing standard error changes neither the work nor its exit code.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints a line to standard output.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    write_to_stdout(format!("{text}\n").as_bytes())
}

/// Prints a record as JSON to standard output.
pub(crate) fn print_json(record: &impl Serialize) -> Result<(), CliError> {
    print(&json(record))
}

/// Writes bytes to standard output.
pub(crate) fn write_to_stdout(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| CliError::write("standard output", error))
}

/// Prints the result of work that is done; on standard error if standard output can't be written.
fn print_result(text: &str) {
    if let Err(error) = print(text) {
        note(&format!("contacts: {}. The change took effect:", error.report()));
        note(text);
    }
}

fn json(record: &impl Serialize) -> String {
    serde_json::to_string_pretty(record).expect("records have string keys, so they serialise")
}

/// Formats an optional value as a cell; the cell of a missing value is empty.
pub(crate) fn optional_cell(value: Option<&str>) -> String {
    value.unwrap_or("").to_owned()
}

/// Parses a progress bar's template, which must be a valid constant.
pub(crate) fn progress_style(template: &'static str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is a valid constant")
}

/// A table without borders. It is as wide as its content, whatever the width of the terminal: a cell that is
/// wrapped, such as an id, can't be copied or searched for.
fn borderless_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

fn render(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}
