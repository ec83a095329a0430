//! The error of every part of the benchmark.

use std::error;

/// Any error. It ends the run: nothing handles one by its kind.
pub(crate) type Error = Box<dyn error::Error + Send + Sync>;

/// The result of any step of the benchmark.
pub(crate) type Result<T> = std::result::Result<T, Error>;
