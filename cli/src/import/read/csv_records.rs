//! The records of a CSV file, each with the line that it begins on. Unlike `csv::Reader`, this counts CRLF
//! and blank lines as lines, and limits the size of a record, so that a missing quote does not read the rest
//! of the file into memory.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{row::MAX_ROW_BYTES, text_stream::TextStream};
use crate::error::CliError;

/// Reads the records of a CSV file, the header included.
pub(super) struct CsvRecords {
    pub(super) text: TextStream,
    reader: Reader,
    /// Line ends between records, which are skipped before the reader sees them.
    skipped_line_ends: u64,
    cells: Vec<u8>,
    cell_ends: Vec<usize>,
}

/// A record of a CSV file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CsvRecord {
    /// Number of the line that it begins on, from 1.
    pub(super) line: u64,
    /// The text of all cells, one after the other.
    cells: String,
    /// Where each cell ends in `cells`.
    cell_ends: Vec<usize>,
}

impl CsvRecord {
    pub(super) fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cell_ends.iter().enumerate().map(|(index, end)| {
            let start = index.checked_sub(1).map_or(0, |previous| self.cell_ends[previous]);
            // Cells end at ASCII characters of the file, so the ends are character boundaries.
            &self.cells[start..*end]
        })
    }
}

impl CsvRecords {
    pub(super) fn new(text: TextStream, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { text, reader, skipped_line_ends: 0, cells: vec![0; 4096], cell_ends: vec![0; 64] }
    }

    /// Reads the next record; `None` at the end of the file.
    pub(super) fn next_record(&mut self) -> Result<Option<CsvRecord>, CliError> {
        self.skip_line_ends()?;
        let line = self.skipped_line_ends + self.reader.line();
        let (mut length, mut count, mut taken) = (0, 0, 0);
        loop {
            let input = self.text.peek()?;
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut self.cells[length..], &mut self.cell_ends[count..]);
            self.text.consume(read);
            (length, count, taken) = (length + written, count + ended, taken + read);
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.cell_ends.resize(self.cell_ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
            }
            if taken > MAX_ROW_BYTES {
                let problem = "begins a row of more than 1 MB";
                return Err(self.text.error_at_line(line, problem, "Check it for a missing closing quote"));
            }
        }
        let cells = self.text.validate(&self.cells[..length], line)?.to_owned();
        Ok(Some(CsvRecord { line, cells, cell_ends: self.cell_ends[..count].to_vec() }))
    }

    /// Skips blank lines and the rest of the last record's CRLF.
    fn skip_line_ends(&mut self) -> Result<(), CliError> {
        loop {
            let input = self.text.peek()?;
            let skipped = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let line_feeds = input[..skipped].iter().filter(|byte| matches!(byte, b'\n')).count();
            self.skipped_line_ends += u64::try_from(line_feeds).expect("a usize fits into 64 bits");
            self.text.consume(skipped);
            if skipped == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use encoding_rs::UTF_8;
    use proptest::prelude::*;

    use super::*;

    fn records(text: &[u8]) -> CsvRecords {
        // A small buffer, so that records cross its boundaries.
        let source = BufReader::with_capacity(3, Cursor::new(text.to_vec()));
        CsvRecords::new(TextStream::new(Box::new(source), "people.csv", UTF_8), b',')
    }

    fn all(text: &[u8]) -> Vec<(u64, Vec<String>)> {
        let mut records = records(text);
        let mut found = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            found.push((record.line, record.cells().map(str::to_owned).collect()));
        }
        found
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn lines_are_counted_as_in_an_editor() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "", "1,\"2", "3\"", "", "", "4,5", "6,7"].join(end);
            let cell = format!("2{end}3");
            let expected =
                [row(1, &["a", "b"]), row(3, &["1", &cell]), row(7, &["4", "5"]), row(8, &["6", "7"])];
            assert_eq!(all(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_missing_quote_does_not_read_the_rest_into_memory() {
        let mut text = b"a,b\n1,\"2\n".to_vec();
        text.extend(std::iter::repeat_n(b"3,4\n", MAX_ROW_BYTES).flatten());
        let mut records = records(&text);
        records.next_record().unwrap();
        let error = records.next_record().unwrap_err().to_string();
        assert!(error.starts_with("people.csv: line 2 begins a row of more than 1 MB"), "{error}");
        assert!(records.cells.len() <= 2 * MAX_ROW_BYTES);
    }

    #[test]
    fn invalid_text_is_an_error_with_its_line() {
        let mut records = records(b"a,b\r\n1,2\r\nAnn\xe9,3\r\n");
        records.next_record().unwrap();
        records.next_record().unwrap();
        let error = records.next_record().unwrap_err().to_string();
        assert!(error.starts_with("people.csv: line 3 is not valid UTF-8"), "{error}");
    }

    proptest! {
        #[test]
        fn records_written_as_csv_are_read_back(rows in prop::collection::vec(prop::collection::vec(".*", 1..5), 0..9)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(b"header\n".to_vec());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let read = all(&writer.into_inner().unwrap()).into_iter().skip(1);
            prop_assert_eq!(read.map(|(_, cells)| cells).collect::<Vec<_>>(), rows);
        }
    }
}
