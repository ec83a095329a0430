//! NDJSON: an item per line.

use super::{
    json_items::{JsonItem, JsonItems},
    row::MAX_ROW_BYTES,
    text_stream::TextStream,
};
use crate::error::CliError;

/// The lines of an NDJSON file that are not blank.
pub(super) struct JsonLines {
    text: TextStream,
    line: u64,
    buffer: Vec<u8>,
}

impl JsonLines {
    pub(super) fn new(text: TextStream) -> Self {
        Self { text, line: 0, buffer: Vec::new() }
    }
}

impl JsonItems for JsonLines {
    fn next_item(&mut self) -> Result<Option<JsonItem<'_>>, CliError> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let read = self.text.read_line(&mut self.buffer, MAX_ROW_BYTES + 1)?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_ROW_BYTES {
                let problem = "is longer than 1 MB";
                return Err(self.text.error_at_line(self.line, problem, "NDJSON has one contact per line"));
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let text = self.text.validate(&self.buffer, self.line)?.trim();
        Ok(Some(JsonItem { line: self.line, text }))
    }
}
