//! What can go wrong with the table, reduced to what a caller can do about it.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

/// Why the store didn't do as it was asked. The texts are for the log: they name codes and attributes,
/// never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is throttling, failing or out of reach; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It refused for a reason that stays: a missing table or permission, or a fault in this code.
    #[error("the store refused: {0}")]
    Refused(String),
    /// An item lacks an attribute or holds something that the domain doesn't allow.
    #[error("a stored item has no valid `{0}`")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Whether trying again can help.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// The codes of errors that pass by themselves, beside all answers of 500 and above ("Error handling
/// with DynamoDB" in its developer guide).
const TRANSIENT_CODES: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ReplicatedWriteConflictException",
];

/// Whether the code of an error, of a statement or of a cancelled transaction's write says that there was
/// too much to do at once. Calls have some of these with `Exception` at the end, the others without.
pub(super) fn throttles(code: &str) -> bool {
    let code = code.strip_suffix("Exception").unwrap_or(code);
    ["ProvisionedThroughputExceeded", "RequestLimitExceeded", "Throttling", "ThrottlingError"].contains(&code)
}

impl<E: ProvideErrorMetadata> From<SdkError<E>> for StoreError {
    fn from(error: SdkError<E>) -> Self {
        match error {
            // Only the code: DynamoDB's messages can repeat what was in the request.
            SdkError::ServiceError(context) => {
                let code = context.err().code().unwrap_or("no code").to_owned();
                if context.raw().status().is_server_error() || TRANSIENT_CODES.contains(&code.as_str()) {
                    Self::Unavailable(code)
                } else {
                    Self::Refused(code)
                }
            }
            SdkError::TimeoutError(_) => Self::Unavailable("no answer in time".to_owned()),
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error().map(ToString::to_string);
                Self::Unavailable(cause.unwrap_or_else(|| "the call was not sent".to_owned()))
            }
            SdkError::ResponseError(_) => Self::Unavailable("an answer cut short".to_owned()),
            _ => Self::Refused("the call could not be made".to_owned()),
        }
    }
}

/// A part of a call that lacks something: a fault in this code.
impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Refused(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_statements_and_cancelled_transactions_say_in_their_own_words_that_they_were_throttled() {
        for code in [
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "ThrottlingException",
            "ProvisionedThroughputExceeded",
            "ThrottlingError",
        ] {
            assert!(throttles(code), "{code}");
        }
        for code in ["TransactionConflict", "InternalServerError", "None", "ConditionalCheckFailedException"]
        {
            assert!(!throttles(code), "{code}");
        }
    }
}
