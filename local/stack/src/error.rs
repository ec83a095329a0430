//! The errors of the local stack.

/// A sentence for the terminal. It contains the cause: nothing handles an error by its kind.
pub(crate) type ErrorMessage = String;
