//! The records of a CSV file, each with the line that it begins on. Unlike `csv::Reader`, this counts blank
//! lines, finds broken quoting, and limits the size of a record, so that a missing quote does not read the
//! rest of the file into memory.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    line_counter::LineCounter,
    quoting::QuotingCheck,
    record::{Defect, Record, Records},
    row::MAX_ROW_BYTES,
    text_stream::TextStream,
};
use crate::error::CliError;

/// Reads the records of a CSV file, the header included.
pub(super) struct CsvRecords {
    text: TextStream,
    reader: Reader,
    lines: LineCounter,
    quoting: QuotingCheck,
    /// The current record's bytes in the file.
    raw: Vec<u8>,
    cells: Vec<u8>,
    cell_ends: Vec<usize>,
}

impl CsvRecords {
    pub(super) fn new(text: TextStream, delimiter: u8) -> Self {
        Self {
            text,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            lines: LineCounter::default(),
            quoting: QuotingCheck::new(delimiter),
            raw: Vec::new(),
            cells: vec![0; 4096],
            cell_ends: vec![0; 64],
        }
    }

    /// Counts lines that were read before the first record.
    pub(super) fn after(mut self, text: &[u8]) -> Self {
        self.lines.add(text);
        self
    }

    /// Skips blank lines and the rest of the last record's CRLF.
    fn skip_line_ends(&mut self) -> Result<(), CliError> {
        loop {
            let input = self.text.peek()?;
            let skipped = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.lines.add(&input[..skipped]);
            self.text.consume(skipped);
            if skipped == 0 {
                return Ok(());
            }
        }
    }

    /// Returns what is wrong with the record that was read last.
    fn defect(&self, line: u64, at_end_of_file: bool, cells: usize) -> Result<Option<Defect>, CliError> {
        let Some(error) = self.quoting.error(at_end_of_file) else { return Ok(None) };
        let text = self.text.validate(&self.raw, line)?.trim_end_matches(['\r', '\n']).to_owned();
        let cell_starts = (0..=cells).map(|index| self.quoting.cell_start(index).min(text.len())).collect();
        Ok(Some(Defect { reason: error.to_string(), text, cell_starts }))
    }
}

impl Records for CsvRecords {
    fn next_record(&mut self) -> Result<Option<Record>, CliError> {
        self.skip_line_ends()?;
        self.raw.clear();
        self.quoting.start_record();
        let line = self.lines.line();
        let (mut length, mut count) = (0, 0);
        let at_end_of_file = loop {
            let input = self.text.peek()?;
            let at_end_of_file = input.is_empty();
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut self.cells[length..], &mut self.cell_ends[count..]);
            self.lines.add(&input[..read]);
            self.quoting.add(&input[..read]);
            self.raw.extend_from_slice(&input[..read]);
            self.text.consume(read);
            (length, count) = (length + written, count + ended);
            match result {
                ReadRecordResult::Record => break at_end_of_file,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.cell_ends.resize(self.cell_ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
            }
            if self.raw.len() > MAX_ROW_BYTES {
                let problem = "begins a row of more than 1 MB";
                return Err(self.text.error_at_line(line, problem, "Check it for a missing closing quote"));
            }
        };
        // Cells end at ASCII characters of the file, so the ends are character boundaries.
        let cells = self.text.validate(&self.cells[..length], line)?.to_owned();
        let mut record = Record::new(line, cells, self.cell_ends[..count].to_vec());
        record.defect = self.defect(line, at_end_of_file, count)?;
        Ok(Some(record))
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
        for end in ["\n", "\r\n", "\r"] {
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

    #[test]
    fn a_record_with_broken_quoting_has_its_text() {
        let mut records = records(b"a,b\r\n7,\"Ann\"x\r\n1,\"2\n3");
        records.next_record().unwrap();
        let broken = records.next_record().unwrap().unwrap().defect.unwrap();
        assert_eq!((broken.text.as_str(), &broken.cell_starts[..2]), ("7,\"Ann\"x", &[0, 2][..]));
        let unclosed = records.next_record().unwrap().unwrap();
        assert_eq!((unclosed.line, unclosed.defect.unwrap().text.as_str()), (3, "1,\"2\n3"));
        assert_eq!(records.next_record().unwrap(), None);
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
