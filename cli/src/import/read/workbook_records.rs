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

/// The text of a cell, or the error that Excel shows in it.
type CellText = Result<String, String>;

/// Reads the rows of a workbook's first sheet. A thread reads them, because the parser's reader of cells
/// borrows the workbook.
pub(super) struct WorkbookRecords {
    rows: Receiver<Result<Record, CliError>>,
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
        let name = name.to_owned();
        thread::spawn(move || {
            let result = send_rows(&mut workbook, &sheet, &sender);
            if let Err(error) = result {
                let error =
                    CliError::other(format!("{name}: its sheet `{sheet}` can't be read")).caused_by(error);
                // Fails if the import has ended.
                let _ = sender.send(Err(error));
            }
        });
        Ok(Self { rows })
    }
}

impl Records for WorkbookRecords {
    fn next_record(&mut self) -> Result<Option<Record>, CliError> {
        self.rows.recv().ok().transpose()
    }
}

/// Sends the rows of a sheet that are not blank, each with as many cells as the header at least.
fn send_rows(
    workbook: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    sender: &SyncSender<Result<Record, CliError>>,
) -> Result<(), XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let (mut row, mut texts, mut width): (u32, Vec<CellText>, usize) = (0, Vec::new(), 0);
    loop {
        let cell = cells.next_cell()?;
        let position = cell.as_ref().map(calamine::Cell::get_position);
        if position.is_none_or(|(next, _)| next != row) {
            let is_blank = texts.iter().all(|text| text.as_ref().is_ok_and(String::is_empty));
            if !is_blank {
                width = if width == 0 { texts.len() } else { width };
                texts.resize_with(texts.len().max(width), || Ok(String::new()));
                if sender.send(Ok(record(row, &texts))).is_err() {
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
        record.defect = Some(Defect {
            reason: format!("a cell has the error {error}"),
            text: csv_line(cells, b','),
            cell_starts: Vec::new(),
        });
    }
    record
}

/// Returns the text of a cell. Excel stores numbers as floating-point numbers; a whole one gets its digits.
fn text(cell: &DataRef<'_>) -> CellText {
    match cell {
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => Ok(number.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(value) => Ok(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(time) => Ok(date_text(*time)),
        DataRef::Error(error) => Err(error.to_string()),
        DataRef::Empty => Ok(String::new()),
    }
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
