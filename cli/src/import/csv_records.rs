//! The records of a CSV file, each with the line that it begins on. Unlike `csv::Reader`, this counts
//! lines right after CRLF and blank lines, and doesn't take the rest of a file into memory where a quote
//! is missing.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    row::{InputError, MAX_ROW},
    text::Text,
};

/// Reads one record after the other.
pub(super) struct CsvRecords {
    pub(super) text: Text,
    reader: Reader,
    /// Line ends between records, which the reader never sees.
    line_ends: u64,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

/// A record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The line that it begins on.
    pub(super) line: u64,
    cells: String,
    ends: Vec<usize>,
}

impl Record {
    /// The cells.
    pub(super) fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ends.iter().enumerate().map(|(place, end)| {
            let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.cells[start..*end]
        })
    }
}

impl CsvRecords {
    pub(super) fn new(text: Text, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { text, reader, line_ends: 0, cells: vec![0; 4096], ends: vec![0; 64] }
    }

    /// The next record, or `None` at the end.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, InputError> {
        self.skip_line_ends()?;
        let line = self.line_ends + self.reader.line();
        let (mut length, mut count, mut taken) = (0, 0, 0);
        loop {
            let input = self.text.ahead()?;
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut self.cells[length..], &mut self.ends[count..]);
            self.text.source.consume(read);
            (length, count, taken) = (length + written, count + ended, taken + read);
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
            }
            if taken > MAX_ROW {
                return Err(self.text.unfit(
                    line,
                    "begins a row of more than 1 MB: is a closing quote missing there? What stands before this \
                     row was imported, nothing after it; importing the whole file again stores nothing twice",
                ));
            }
        }
        let cells = self.text.valid(&self.cells[..length], line)?.to_owned();
        let ends = self.ends[..count].to_vec();
        // A cell that ends within a character was cut out of one by a quote or delimiter; no encoding that
        // is valid as a whole allows that, since both are ASCII.
        Ok(Some(Record { line, cells, ends }))
    }

    /// Blank lines, and what is left of the last record's CRLF.
    fn skip_line_ends(&mut self) -> Result<(), InputError> {
        loop {
            let input = self.text.ahead()?;
            let skipped = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.line_ends += input[..skipped].split(|byte| *byte == b'\n').count() as u64 - 1;
            self.text.source.consume(skipped);
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
        // Small parts, so that every record crosses their borders.
        let source = BufReader::with_capacity(3, Cursor::new(text.to_vec()));
        CsvRecords::new(Text::new(Box::new(source), "people.csv", UTF_8), b',')
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
    fn a_line_is_counted_as_an_editor_counts_it() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "", "1,\"2", "3\"", "", "", "4,5", "6,7"].join(end);
            let cell = format!("2{end}3");
            let expected =
                [row(1, &["a", "b"]), row(3, &["1", &cell]), row(7, &["4", "5"]), row(8, &["6", "7"])];
            assert_eq!(all(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_missing_quote_does_not_take_the_rest_of_the_file_into_memory() {
        let mut text = b"a,b\n1,\"2\n".to_vec();
        text.extend(std::iter::repeat_n(b"3,4\n", MAX_ROW).flatten());
        let mut records = records(&text);
        records.next_record().unwrap();
        let error = records.next_record().unwrap_err().to_string();
        assert!(error.starts_with("people.csv: line 2 begins a row of more than 1 MB"), "{error}");
        assert!(records.cells.len() <= 2 * MAX_ROW);
    }

    #[test]
    fn what_is_not_text_stops_with_its_line() {
        let mut records = records(b"a,b\r\n1,2\r\nAnn\xe9,3\r\n");
        records.next_record().unwrap();
        records.next_record().unwrap();
        let error = records.next_record().unwrap_err().to_string();
        assert!(error.starts_with("people.csv: line 3 is not valid UTF-8"), "{error}");
    }

    proptest! {
        #[test]
        fn what_csv_wrote_is_read_again(rows in prop::collection::vec(prop::collection::vec(".*", 1..5), 0..9)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(b"header\n".to_vec());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let read = all(&writer.into_inner().unwrap()).into_iter().skip(1);
            prop_assert_eq!(read.map(|(_, cells)| cells).collect::<Vec<_>>(), rows);
        }
    }
}
