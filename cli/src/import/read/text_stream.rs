//! The text of the input file.

use std::io::BufRead;

use encoding_rs::{Encoding, UTF_8};

use crate::error::CliError;

/// The text of the input file, decoded to UTF-8.
pub(super) struct TextStream {
    source: Box<dyn BufRead + Send>,
    /// Name of the file.
    name: String,
    /// Encoding of the file.
    encoding: &'static Encoding,
}

impl TextStream {
    pub(super) fn new(source: Box<dyn BufRead + Send>, name: &str, encoding: &'static Encoding) -> Self {
        Self { source, name: name.to_owned(), encoding }
    }

    /// Returns the next bytes without consuming them; none at the end of the file.
    pub(super) fn peek(&mut self) -> Result<&[u8], CliError> {
        let Self { source, name, .. } = self;
        source.fill_buf().map_err(|error| CliError::read(name, error))
    }

    /// Consumes bytes that [`Self::peek`] returned.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.source.consume(bytes);
    }

    /// Appends the next line with its end (LF, CRLF or CR), but at most about `limit` bytes, and returns how
    /// many there were; 0 at the end of the file.
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>, limit: usize) -> Result<usize, CliError> {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let start = line.len();
        while line.len() - start < limit {
            let input = self.peek()?;
            let end = input.iter().position(is_line_end);
            let taken = end.map_or(input.len(), |end| end + 1);
            line.extend_from_slice(&input[..taken]);
            let is_end_of_file = input.is_empty();
            self.consume(taken);
            if line.ends_with(b"\r") && self.peek()?.first() == Some(&b'\n') {
                line.push(b'\n');
                self.consume(1);
            }
            if end.is_some() || is_end_of_file {
                break;
            }
        }
        Ok(line.len() - start)
    }

    /// Checks that bytes of the file are valid text.
    pub(super) fn validate<'b>(&self, bytes: &'b [u8], line: u64) -> Result<&'b str, CliError> {
        // The decoder replaces invalid bytes of other encodings by this character.
        let is_replaced = |text: &str| self.encoding != UTF_8 && text.contains(char::REPLACEMENT_CHARACTER);
        str::from_utf8(bytes).ok().filter(|text| !is_replaced(text)).ok_or_else(|| {
            let problem = format!("is not valid {}", self.encoding.name());
            self.error_at_line(
                line,
                &problem,
                "If the file has another encoding, name it, like --encoding windows-1251",
            )
        })
    }

    /// The error of a line that ends the import.
    pub(super) fn error_at_line(&self, line: u64, problem: &str, advice: &str) -> CliError {
        self.error(&format!("line {line} {problem}")).advice(format!(
            "{advice}. The rows before this line were sent, the rows from this line on were not; importing \
             the whole file again creates no duplicates"
        ))
    }

    /// The error of a file that can't be imported.
    pub(super) fn error(&self, problem: &str) -> CliError {
        CliError::usage(format!("{}: {problem}", self.name))
    }
}
