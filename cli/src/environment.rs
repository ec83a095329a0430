//! Environment variables. An empty one counts as not set, because scripts and CI systems can often only empty
//! a variable.

use std::env::{self, VarError};

use crate::error::CliError;

/// Reads a variable; `None` if it is not set or empty. Fails with a usage error if it is not UTF-8.
pub(crate) fn variable(name: &str) -> Result<Option<String>, CliError> {
    match env::var(name) {
        Ok(value) => Ok(non_empty(Some(&value)).map(str::to_owned)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(CliError::usage(format!("{name} can't be read")).caused_by(error)),
    }
}

/// Whether the variable is set, but empty. Libraries that read the variable take it for a value.
pub(crate) fn is_empty(name: &str) -> bool {
    env::var(name).is_ok_and(|value| non_empty(Some(&value)).is_none())
}

/// Returns the value without surrounding white space; `None` if nothing is left. For options that have an
/// environment variable.
pub(crate) fn non_empty(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}
