//! The items of a JSON file, of any layout.

use crate::error::CliError;

/// Reads the items of a JSON file, one after the other.
pub(super) trait JsonItems: Send {
    /// Reads the next item; `None` at the end of the file.
    fn next_item(&mut self) -> Result<Option<JsonItem<'_>>, CliError>;
}

/// The text of an item. It may not be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JsonItem<'f> {
    /// Number of the line that it begins on, from 1.
    pub(super) line: u64,
    pub(super) text: &'f str,
}
