//! What can go wrong, in sentences that say what to do next, and the exit code of each.

use std::{
    io::{self, ErrorKind},
    process::ExitCode,
};

/// Why a command didn't do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something is missing or wrong in what the operator said.
    #[error("{0}")]
    Usage(String),
    /// The named thing isn't there.
    #[error("{0}")]
    NotFound(String),
    /// A token or AWS credentials don't allow it.
    #[error("{0}")]
    NotAllowed(String),
    /// The service or the table can't be reached or is overloaded; running it again is safe.
    #[error("{0}")]
    Unavailable(String),
    /// What was to be made is there already, or something of it is taken.
    #[error("{0}")]
    Taken(String),
    /// The operator broke it off.
    #[error("{0}")]
    Interrupted(String),
    /// Whoever read the output has read enough, as `head` does: nothing went wrong.
    #[error("the output was closed")]
    OutputClosed,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// The exit codes, as `--help` tells them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    something else went wrong
  2    something is missing or wrong on the command line
  3    an import was done, but some of its rows were rejected
  4    the tenant, account, contact, token or table isn't there
  5    the AWS credentials or the token don't allow it
  6    the table or the service can't be reached or is overloaded; running it again is safe
  7    it is there already, or its id, code or name is taken
  130  broken off by Ctrl-C";

impl Failure {
    /// The code that [`EXIT_CODES`] says.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::OutputClosed => 0,
            Self::Other(_) => 1,
            Self::Usage(_) => 2,
            Self::NotFound(_) => 4,
            Self::NotAllowed(_) => 5,
            Self::Unavailable(_) => 6,
            Self::Taken(_) => 7,
            Self::Interrupted(_) => 130,
        })
    }

    /// What it means that something can't be written to `place`.
    pub(crate) fn writing(place: &str, error: &io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::Other(format!("{place} can't be written: {error}"))
    }
}
