//! A row of the input file.

use super::row_keys::RowKeys;

/// A row of the input file.
#[derive(Debug)]
pub(crate) struct Row {
    /// Number of the line, or of the sheet's row, that it begins on, from 1.
    pub(crate) line: u64,
    pub(crate) content: RowContent,
}

/// What a row holds.
#[derive(Debug)]
pub(crate) enum RowContent {
    /// An item to send to the service.
    Item {
        /// The item as JSON.
        json: String,
        /// What the item depends on.
        keys: RowKeys,
        /// The row's text for the file of rejected rows; `None` if it is the same as `json`.
        original: Option<String>,
    },
    /// A row that can't be sent.
    Invalid {
        reason: String,
        /// The row's text for the file of rejected rows.
        original: String,
    },
}

/// The maximum size of a row, in bytes. A longer row means another file format, or a missing quote.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

#[cfg(test)]
pub(super) mod test_support {
    use super::{Row, RowContent};

    /// An item as JSON and its original, or the reason why a row is invalid and its original.
    pub(crate) type Parts = Result<(String, Option<String>), (String, String)>;

    pub(crate) fn parts(row: Row) -> Parts {
        match row.content {
            RowContent::Item { json, original, .. } => Ok((json, original)),
            RowContent::Invalid { reason, original } => Err((reason, original)),
        }
    }
}
