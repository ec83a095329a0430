//! A row of the file, ready to be sent.

use super::identity::Identity;

/// A row of the file.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of the file that it begins on.
    pub(super) line: u64,
    /// How it goes into the file of rejected rows; `None` if as the item that is sent.
    pub(super) original: Option<String>,
    /// The item to send, or why there is none.
    pub(super) item: Result<Item, String>,
}

/// An item of a call.
#[derive(Debug)]
pub(super) struct Item {
    /// The item in JSON.
    pub(super) json: String,
    /// Which contact it means.
    pub(super) identity: Identity,
}

/// Why a file can't be read (further), in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    /// It isn't what it says, or not what can be imported.
    #[error("{0}")]
    Unfit(String),
    /// Reading failed.
    #[error("{name} can't be read: {error}")]
    Unreadable {
        /// What the file is called.
        name: String,
        /// What the operating system says.
        error: std::io::Error,
    },
}

/// The columns (or keys) that a file of rejected rows has beyond the input's.
pub(super) const REJECTED_LINE: &str = "rejected_line";
/// See [`REJECTED_LINE`].
pub(super) const REJECTED_BECAUSE: &str = "rejected_because";
/// Where a line stands that isn't JSON. See [`REJECTED_LINE`].
pub(super) const REJECTED_TEXT: &str = "rejected_text";

/// The most bytes that a row may have. A longer one is a file of another kind, or lacks a quote.
pub(super) const MAX_ROW: usize = 1 << 20;
