//! The two operations of the service.

use std::fmt;

use contacts_core::domain::Right;

/// An operation. Each has a function of its own, and requires the right of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Creates and updates contacts.
    Upsert,
    /// Deletes contacts of an account.
    Delete,
}

impl Operation {
    /// The right that a token must have.
    #[must_use]
    pub fn right(self) -> Right {
        match self {
            Self::Upsert => Right::Upsert,
            Self::Delete => Right::Delete,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.right().fmt(f)
    }
}
