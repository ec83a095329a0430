//! Whether an operation writes.

/// Whether an operation writes, or only finds out what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The operation is carried out.
    #[default]
    Apply,
    /// Nothing is written. The outcomes are those that the operation would have at this moment: a look at each contact at
    /// its own moment, not one snapshot of all.
    ValidateOnly,
}
