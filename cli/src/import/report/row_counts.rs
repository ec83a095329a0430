//! The outcomes of rows, and their counts.

/// The outcome of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowOutcome {
    /// It created the contact with this id.
    Created(u64),
    /// It updated a contact, or the contact was already as the row gives it.
    Updated,
    /// It was rejected, for this reason.
    Rejected(String),
}

/// How many rows had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowCounts {
    /// Rows that were read from the file, with or without an outcome.
    pub(crate) read: u64,
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) rejected: u64,
    /// Rows that were sent without an answer: they may be stored or not.
    pub(crate) unknown: u64,
}

impl RowCounts {
    /// Counts the rows that have an outcome.
    pub(super) fn completed(&self) -> u64 {
        self.created + self.updated + self.rejected
    }

    /// Counts the rows that were read but not sent.
    pub(super) fn not_sent(&self) -> u64 {
        self.read - self.completed() - self.unknown
    }
}
