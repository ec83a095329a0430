//! Strict quoting. The CSV parser accepts broken quoting and reads other data than the file's author meant;
//! this check finds it.

/// What is wrong with the quoting of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum QuotingError {
    #[error("text follows a closing quote; a quote inside a quoted cell is written twice")]
    TextAfterQuote,
    #[error("a space precedes an opening quote; remove the space")]
    SpaceBeforeQuote,
    #[error("the file ends inside a quoted cell: a closing quote is missing, or the file is cut off")]
    Unclosed,
}

/// Where in a record the check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    CellStart,
    /// Within an unquoted cell of spaces only.
    LeadingSpace,
    Unquoted,
    Quoted,
    /// After a quote in a quoted cell: its end, or the first of two that mean one.
    AfterQuote,
}

/// Checks the quoting of one record.
#[derive(Debug)]
pub(super) struct QuotingCheck {
    delimiter: u8,
    position: Position,
    error: Option<QuotingError>,
    /// How many bytes have been checked.
    checked: usize,
    /// Where each cell but the first begins.
    cell_starts: Vec<usize>,
}

impl QuotingCheck {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, position: Position::CellStart, error: None, checked: 0, cell_starts: Vec::new() }
    }

    /// Starts the next record.
    pub(super) fn start_record(&mut self) {
        (self.position, self.error, self.checked) = (Position::CellStart, None, 0);
        self.cell_starts.clear();
    }

    /// Checks the next bytes of the record.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.checked += 1;
            self.position = self.next(*byte);
        }
    }

    fn next(&mut self, byte: u8) -> Position {
        let is_quoted = self.position == Position::Quoted;
        match byte {
            b'"' => match self.position {
                Position::CellStart | Position::AfterQuote => Position::Quoted,
                Position::Quoted => Position::AfterQuote,
                Position::LeadingSpace => self.record_error(QuotingError::SpaceBeforeQuote),
                Position::Unquoted => Position::Unquoted,
            },
            _ if is_quoted => Position::Quoted,
            _ if byte == self.delimiter => {
                self.cell_starts.push(self.checked);
                Position::CellStart
            }
            b'\r' | b'\n' => Position::CellStart,
            _ if self.position == Position::AfterQuote => self.record_error(QuotingError::TextAfterQuote),
            b' ' | b'\t' if self.position != Position::Unquoted => Position::LeadingSpace,
            _ => Position::Unquoted,
        }
    }

    /// Records the error, unless there was an earlier one. The parser reads on as in an unquoted cell.
    fn record_error(&mut self, error: QuotingError) -> Position {
        self.error.get_or_insert(error);
        Position::Unquoted
    }

    /// Returns what is wrong with the record, at the end of the file or else of its line.
    pub(super) fn error(&self, at_end_of_file: bool) -> Option<QuotingError> {
        let is_unclosed = at_end_of_file && self.position == Position::Quoted;
        self.error.or(is_unclosed.then_some(QuotingError::Unclosed))
    }

    /// Returns where the cell with this index begins in the record's text.
    pub(super) fn cell_start(&self, index: usize) -> usize {
        let start = |index| self.cell_starts.get(index).copied();
        index.checked_sub(1).map_or(0, |index| start(index).unwrap_or(self.checked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(record: &str) -> Option<QuotingError> {
        let mut check = QuotingCheck::new(b',');
        check.add(record.as_bytes());
        check.error(true)
    }

    #[test]
    fn broken_quoting_is_found() {
        for (record, expected) in [
            ("\"Ann\"x,1", QuotingError::TextAfterQuote),
            ("\"Ann\" ,1", QuotingError::TextAfterQuote),
            ("1, \"Ann\"", QuotingError::SpaceBeforeQuote),
            ("Ann,\"067", QuotingError::Unclosed),
            ("Ann,\"067\"\"", QuotingError::Unclosed),
        ] {
            assert_eq!(error(record), Some(expected), "{record}");
        }
    }

    #[test]
    fn valid_quoting_and_quotes_in_unquoted_cells_are_accepted() {
        for record in ["\"A \"\"n\"\"\",\"1\r\n2\"\r\n", "5\" pipe, x ,", "\"\",\"\"\"\"", " ,\"a\"", ""] {
            assert_eq!(error(record), None, "{record}");
        }
    }

    #[test]
    fn cell_starts_are_those_of_the_text() {
        let mut check = QuotingCheck::new(b';');
        check.add(b"7;\"a;b\";Ann\"x\"");
        assert_eq!([0, 1, 2, 3].map(|index| check.cell_start(index)), [0, 2, 8, 14]);
    }
}
