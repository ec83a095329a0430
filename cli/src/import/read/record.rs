//! A record of a table: CSV, an Excel workbook or vCards.

use crate::error::CliError;

/// Reads the records of a table, one after the other.
pub(super) trait Records: Send {
    /// Reads the next record; `None` at the end of the table. The first record is the header.
    fn next_record(&mut self) -> Result<Option<Record>, CliError>;
}

/// A record: the text of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Number of the line, or of the sheet's row, that it begins on, from 1.
    pub(super) line: u64,
    /// The text of all cells, one after the other.
    cells: String,
    /// Where each cell ends in `cells`.
    cell_ends: Vec<usize>,
    /// What is wrong with it as a record; `None` if its cells are what the file's author wrote.
    pub(super) defect: Option<Defect>,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Defect {
    pub(super) reason: String,
    /// The record's text in the file.
    pub(super) text: String,
    /// Where each cell begins in `text`.
    pub(super) cell_starts: Vec<usize>,
}

impl Record {
    /// Creates a record from the text of its cells, which end at these positions: character boundaries.
    pub(super) fn new(line: u64, cells: String, cell_ends: Vec<usize>) -> Self {
        Self { line, cells, cell_ends, defect: None }
    }

    /// Creates a record of these cells.
    pub(super) fn of_cells<'c>(line: u64, cells: impl IntoIterator<Item = &'c str>) -> Self {
        let mut record = Self::new(line, String::new(), Vec::new());
        for cell in cells {
            record.cells.push_str(cell);
            record.cell_ends.push(record.cells.len());
        }
        record
    }

    /// Returns its cells, in the order of the columns.
    pub(super) fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.cell_ends.len()).map(|index| self.cell(index).expect("the index is one of a cell"))
    }

    /// Returns the cell of the column with this index, from 0.
    pub(super) fn cell(&self, index: usize) -> Option<&str> {
        let end = *self.cell_ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |previous| self.cell_ends[previous]);
        Some(&self.cells[start..end])
    }

    /// Whether it has no text. Spreadsheets write rows that consist of delimiters only.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.is_empty() && self.defect.is_none()
    }
}
