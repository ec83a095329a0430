//! Why a request to the API was not processed.

use std::time::Duration;

use crate::error::CliError;

/// Why a request was not processed.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The same request may succeed later.
    Transient(RetryReason),
    /// No request will succeed.
    Fatal(CliError),
}

/// Why a request is retried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RetryReason {
    pub(crate) cause: RetryCause,
    /// What happened, as messages show it.
    pub(crate) description: String,
    /// The delay that the service asks for.
    pub(crate) retry_after: Option<Duration>,
}

/// The cause of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryCause {
    /// No connection: the URL may be wrong.
    Unreachable,
    /// The service is throttling or overloaded, or its response was lost.
    Overloaded,
    /// The service failed with an internal error.
    InternalError,
}
