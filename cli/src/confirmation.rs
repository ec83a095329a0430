//! Questions before something is deleted.

use std::io::{self, IsTerminal};

use crate::{error::CliError, output::note};

/// Asks a question on a terminal, and returns what the operator types. Without a terminal, fails with the advice;
/// `deletion` names what is not confirmed then.
pub(crate) fn ask(question: &str, deletion: &str, advice: &str) -> Result<String, CliError> {
    if !io::stdin().is_terminal() {
        let message = format!("{deletion} is not confirmed, and standard input is no terminal");
        return Err(CliError::usage(message).advice(advice));
    }
    note(question);
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|error| CliError::read("standard input", error))?;
    Ok(line)
}
