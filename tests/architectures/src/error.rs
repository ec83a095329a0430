//! The error of the whole program.

use std::error::Error;

/// An error that is only printed.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;
