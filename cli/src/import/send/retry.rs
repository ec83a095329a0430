//! When a request is retried, and the error of one that is not retried any more.

pub(super) use crate::api::{RetryBudget, retry_delays as delays};
use crate::{
    api::{RetryCause, RetryReason},
    error::CliError,
};

impl RetryReason {
    /// Converts the reason into the error of a request that is not retried any more.
    pub(super) fn into_error(self) -> CliError {
        let description = self.description;
        match self.cause {
            RetryCause::Unreachable => {
                let message = format!("the service can't be reached ({description})");
                CliError::unavailable(message).advice(
                    "Check the URL. If it is right, run the same command again later; that creates no duplicates",
                )
            }
            RetryCause::Overloaded => {
                let message = format!("the service is overloaded ({description})");
                CliError::unavailable(message).advice(
                    "Run the same command again later, perhaps with fewer --calls, fewer --rows-a-call or more \
                     --patience; that creates no duplicates",
                )
            }
            RetryCause::InternalError => {
                let message = format!("the service fails on some rows ({description})");
                CliError::other(message).advice(
                    "Its log has the cause. Running the same command again is safe; it creates no duplicates",
                )
            }
        }
    }
}
