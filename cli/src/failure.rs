//! What can go wrong, in sentences that say what to do next, and the exit code of each.

use std::process::ExitCode;

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
    /// The operator, or the system, has ended it; running it again is safe.
    #[error("{0}")]
    Interrupted(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// 1 other, 2 usage, 4 not found, 5 not allowed, 6 unavailable, 130 interrupted, as shells have it.
    /// (0 is success, 3 an import with rejected rows.)
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Other(_) => 1,
            Self::Usage(_) => 2,
            Self::NotFound(_) => 4,
            Self::NotAllowed(_) => 5,
            Self::Unavailable(_) => 6,
            Self::Interrupted(_) => 130,
        })
    }
}
