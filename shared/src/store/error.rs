//! Errors of the store, by what a caller can do about them.

use std::{error::Error, fmt, sync::Arc};

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

use crate::domain::ValidationError;

/// An error of the store. Texts are for the log: they name codes and attributes, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store is throttling, failing or unreachable; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Unavailable),
    /// The store refused a call for a lasting reason: a missing table or permission, or a bug in this code.
    #[error("the store refused: {0}")]
    Refused(String),
    /// A stored item lacks an attribute, or holds a value that the domain doesn't allow.
    #[error("a stored item has no valid `{attribute}`")]
    Corrupt {
        /// The attribute.
        attribute: &'static str,
        /// The rule that the value breaks; `None` if the attribute is missing or of another type.
        source: Option<ValidationError>,
    },
}

/// Why the store was unavailable, with the client's error if there was one. Equal if the reasons are.
#[derive(Debug, Clone)]
pub struct Unavailable {
    reason: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// The error of a store that is unavailable for this reason.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable(Unavailable { reason: reason.into(), source: None })
    }

    fn not_answered(reason: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Unavailable { reason: reason.into(), source: Some(Arc::new(source)) })
    }

    /// An attribute is missing or of another type.
    pub(super) fn no_valid(attribute: &'static str) -> Self {
        Self::Corrupt { attribute, source: None }
    }

    /// Whether a retry can help.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for Unavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl PartialEq for Unavailable {
    fn eq(&self, other: &Self) -> bool {
        self.reason == other.reason
    }
}

impl Eq for Unavailable {}

/// The codes of transient errors, besides all responses with status 500 and above ("Error handling with DynamoDB" in its
/// developer guide).
const TRANSIENT_CODES: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ReplicatedWriteConflictException",
];

/// Whether an error code says that DynamoDB throttled a call, a statement or a write of a cancelled transaction. Calls have
/// some of these codes with the suffix `Exception`, the others without.
pub(super) fn is_throttling(code: &str) -> bool {
    let code = code.strip_suffix("Exception").unwrap_or(code);
    ["ProvisionedThroughputExceeded", "RequestLimitExceeded", "Throttling", "ThrottlingError"].contains(&code)
}

impl<E: ProvideErrorMetadata + Error + Send + Sync + 'static> From<SdkError<E>> for StoreError {
    fn from(error: SdkError<E>) -> Self {
        match &error {
            // Only the code: DynamoDB's messages can repeat what was in the request.
            SdkError::ServiceError(response) => {
                let code = response.err().code().unwrap_or("no code");
                if response.raw().status().is_server_error() || TRANSIENT_CODES.contains(&code) {
                    Self::unavailable(code)
                } else {
                    Self::Refused(code.to_owned())
                }
            }
            SdkError::TimeoutError(_) => Self::not_answered("no answer in time", error),
            SdkError::DispatchFailure(_) => {
                Self::not_answered(with_sources("the connection failed", &error), error)
            }
            SdkError::ResponseError(_) => {
                Self::not_answered(with_sources("the answer was cut short", &error), error)
            }
            _ => Self::Refused("the call could not be made".to_owned()),
        }
    }
}

/// A text, followed by the sources of an error. They name what happened to a connection, never what was sent.
fn with_sources(text: &str, error: &dyn Error) -> String {
    let mut sources = vec![text.to_owned()];
    let mut next = error.source();
    while let Some(source) = next {
        sources.push(source.to_string());
        next = source.source();
    }
    sources.dedup();
    sources.join(": ")
}

/// A request lacks a required part: a bug in this code.
impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Refused(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{config::http::HttpResponse, operation::get_item::GetItemError};

    use super::*;

    #[test]
    fn throttling_codes_of_calls_statements_and_transactions() {
        for code in [
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "ThrottlingException",
            "ProvisionedThroughputExceeded",
            "ThrottlingError",
        ] {
            assert!(is_throttling(code), "{code}");
        }
        for code in ["TransactionConflict", "InternalServerError", "None", "ConditionalCheckFailedException"]
        {
            assert!(!is_throttling(code), "{code}");
        }
    }

    #[test]
    fn call_without_a_whole_response_is_transient() {
        let reset = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let start = HttpResponse::new(200_u16.try_into().unwrap(), "".into());
        for (error, expected) in [
            (SdkError::timeout_error(reset()), "no answer in time"),
            (SdkError::response_error(reset(), start), "the answer was cut short: connection reset"),
        ] {
            let error: SdkError<GetItemError> = error;
            assert_eq!(StoreError::from(error), StoreError::unavailable(expected));
        }
        let not_sent = SdkError::<GetItemError>::construction_failure(reset());
        assert_eq!(StoreError::from(not_sent), StoreError::Refused("the call could not be made".to_owned()));
    }

    #[test]
    fn unavailable_store_is_transient_and_keeps_the_cause() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let lost = StoreError::not_answered("lost", reset);
        assert!(lost.is_transient() && !StoreError::Refused("a reason".to_owned()).is_transient());
        assert_eq!(with_sources("call failed", &lost), "call failed: lost: connection reset");
        assert_eq!(lost, StoreError::unavailable("lost"));
        assert_ne!(lost, StoreError::unavailable("throttled"));
    }
}
