//! The records of an Excel workbook (`.xlsx`): the rows of its first sheet.

use std::{
    fs::File,
    io::BufReader,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::record::{Defect, Record, Records};
use crate::{error::CliError, import::report::csv_line};

/// How many rows are read ahead.
const ROWS_AHEAD: usize = 1024;

/// The text of a cell, or why it has none.
type CellText = Result<String, String>;

/// Reads the rows of a workbook's first sheet. A thread reads them, because the parser's reader of cells
/// borrows the workbook.
pub(super) struct WorkbookRecords {
    /// The rows, then `None`.
    rows: Receiver<Result<Option<Record>, CliError>>,
    name: String,
    is_at_end: bool,
}

impl WorkbookRecords {
    /// Opens the workbook. Fails if it is none, or if it has no sheet.
    pub(super) fn open(file: File, name: &str) -> Result<Self, CliError> {
        let invalid = |error: XlsxError| {
            CliError::usage(format!("{name} is a zip archive, but not an Excel workbook (.xlsx)"))
                .caused_by(error)
        };
        let mut workbook = Xlsx::new(BufReader::new(file)).map_err(invalid)?;
        let sheet = workbook
            .sheet_names()
            .first()
            .cloned()
            .ok_or_else(|| CliError::usage(format!("{name} has no sheet")))?;
        let (sender, rows) = sync_channel(ROWS_AHEAD);
        thread::spawn(move || {
            let sent = send_rows(&mut workbook, &sheet, &sender);
            let end = sent.map(|()| None).map_err(|error| {
                CliError::other(format!("the sheet `{sheet}` can't be read")).caused_by(error)
            });
            // Fails if the import has ended.
            let _ = sender.send(end);
        });
        Ok(Self { rows, name: name.to_owned(), is_at_end: false })
    }
}

impl Records for WorkbookRecords {
    fn next_record(&mut self) -> Result<Option<Record>, CliError> {
        if self.is_at_end {
            return Ok(None);
        }
        // Without an end, the thread has panicked.
        let record = self.rows.recv().map_err(|error| {
            CliError::other(format!("{}: the workbook can't be read", self.name)).caused_by(error)
        })??;
        self.is_at_end = record.is_none();
        Ok(record)
    }
}

/// Sends the rows of a sheet that are not blank, each with as many cells as the header at least.
fn send_rows(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    sender: &SyncSender<Result<Option<Record>, CliError>>,
) -> Result<(), XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let (mut row, mut texts, mut width): (u32, Vec<CellText>, usize) = (0, Vec::new(), 0);
    loop {
        let cell = cells.next_cell()?;
        let position = cell.as_ref().map(calamine::Cell::get_position);
        if position.is_none_or(|(next, _)| next != row) {
            // Cells that are only formatted are empty cells of the file.
            while texts.last().is_some_and(|text| text.as_ref().is_ok_and(String::is_empty)) {
                texts.pop();
            }
            if !texts.is_empty() {
                width = if width == 0 { texts.len() } else { width };
                texts.resize_with(texts.len().max(width), || Ok(String::new()));
                if sender.send(Ok(Some(record(row, &texts)))).is_err() {
                    return Ok(());
                }
            }
            texts.clear();
        }
        let Some((cell, (next, column))) = cell.zip(position) else { return Ok(()) };
        row = next;
        let column = usize::try_from(column).expect("a u32 fits into a usize");
        texts.resize_with(column.max(texts.len()), || Ok(String::new()));
        texts.push(text(cell.get_value()));
    }
}

/// Makes a record of the row with this index, from 0.
fn record(row: u32, texts: &[CellText]) -> Record {
    let cells = texts.iter().map(|text| text.as_ref().map_or_else(String::as_str, String::as_str));
    let mut record = Record::of_cells(u64::from(row) + 1, cells.clone());
    if let Some(error) = texts.iter().find_map(|text| text.as_ref().err()) {
        record.defect =
            Some(Defect { reason: error.clone(), text: csv_line(cells, b','), cell_starts: Vec::new() });
    }
    record
}

/// Returns the text of a cell. Excel stores numbers as floating-point numbers; a whole one gets its digits.
fn text(cell: &DataRef<'_>) -> CellText {
    match cell {
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(value) => Ok(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(time) => Ok(date_text(*time)),
        DataRef::Error(error) => Err(format!("a cell has the error {error}")),
        DataRef::Empty => Ok(String::new()),
    }
}

/// Formats a number. Excel keeps 15 digits, and replaces the others by zeros.
fn number_text(number: f64) -> CellText {
    let text = number.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 && text.ends_with('0') {
        return Err(format!("Excel has cut the number {text} to 15 digits; format the column as text"));
    }
    Ok(text)
}

/// Formats a date, with its time unless that is midnight.
fn date_text(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => date,
        (hour, minute, second) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_excel_has_cut_are_errors() {
        for (number, expected) in
            [(380_671_234_567.0, "380671234567"), (9_007_199_254_740_991.0, "9007199254740991"), (1.5, "1.5")]
        {
            assert_eq!(number_text(number).unwrap(), expected);
        }
        assert!(number_text(1_234_567_890_123_450.0).unwrap_err().contains("15 digits"));
    }
}
