//! Outcomes of conditional writes.

/// The outcome of a conditional write, or of several in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum WriteOutcome {
    /// The write took effect.
    Applied,
    /// A condition did not hold, and nothing was written.
    ConditionFailed,
}
