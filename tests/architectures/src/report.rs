//! The table of the results.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{
    build::{Build, Function},
    check::Outcome,
    error::Failure,
    sample::Sample,
};

/// The results of all events.
pub(crate) struct Report {
    architectures: Vec<String>,
    rows: [Row; 2],
    problems: Vec<String>,
}

/// The results of one function.
struct Row {
    function: Function,
    /// The sizes of its programs, in bytes, one for each build.
    sizes: Vec<u64>,
    events: usize,
    expected: usize,
    identical: usize,
}

impl Report {
    /// Creates a report without events. Fails if a program is missing.
    pub(crate) fn new(builds: &[Build]) -> Result<Self, Failure> {
        let row = |function| -> Result<Row, Failure> {
            let sizes = builds.iter().map(|build| build.size(function)).collect::<Result<_, _>>()?;
            Ok(Row { function, sizes, events: 0, expected: 0, identical: 0 })
        };
        let [upsert, delete] = Function::ALL.map(row);
        let architectures = builds.iter().map(|build| build.architecture.clone()).collect();
        Ok(Self { architectures, rows: [upsert?, delete?], problems: Vec::new() })
    }

    /// Adds the result of an event.
    pub(crate) fn add(&mut self, sample: &Sample, outcome: Outcome) {
        for row in self.rows.iter_mut().filter(|row| row.function == sample.function) {
            row.events += 1;
            row.expected += usize::from(outcome.is_expected);
            row.identical += usize::from(outcome.is_identical);
        }
        self.problems.extend(outcome.problems);
    }

    /// Whether every build returned the expected response to every event.
    pub(crate) fn is_success(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems of all events, one in each line.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The table, with a row for each function.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        let sizes = self.architectures.iter().map(|name| format!("{name}, bytes"));
        let columns = ["expected answers", "identical answers"].map(str::to_owned);
        table
            .load_style(ASCII_MARKDOWN)
            .set_header(["function".to_owned()].into_iter().chain(sizes).chain(columns));
        for row in &self.rows {
            let sizes = row.sizes.iter().map(u64::to_string);
            let of_events = |count| format!("{count} of {}", row.events);
            // With one build, there is nothing to compare.
            let identical = if row.sizes.len() > 1 { of_events(row.identical) } else { "-".to_owned() };
            let cells = [row.function.program().to_owned()].into_iter().chain(sizes);
            table.add_row(cells.chain([of_events(row.expected), identical]));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}
