//! The errors of an operation, in the contract's words. Each trigger turns them into its own form: a response, a function
//! error or a failed message.

use contacts_core::{
    context::DeadlineExceeded,
    domain::{Right, ValidationError},
    store::StoreError,
    upsert::UpsertError,
};

use crate::body::{DeletedContacts, InvalidBody};

/// Why an operation has no result (docs/api.md, "Create or update contacts" and "Answers that both have").
#[derive(Debug, thiserror::Error)]
pub(crate) enum OperationError {
    /// The path is none of the API's.
    #[error("no such route; there are POST /contacts, POST /contacts/delete and DELETE /contacts")]
    NoSuchRoute,
    /// The path exists, but not with this method.
    #[error("no such method here; there is {allowed}")]
    NoSuchMethod {
        /// The methods that the path has.
        allowed: String,
    },
    /// The request has no valid token, or the body names another tenant than the token.
    #[error("Log In")]
    Unauthorized,
    /// The token doesn't have the right.
    #[error("the token lacks the right `{0}`")]
    RightMissing(Right),
    /// The header `Idempotency-Key` is no key.
    #[error("the header `Idempotency-Key` {0}")]
    InvalidKey(#[source] ValidationError),
    /// The idempotency key is bound to another body.
    #[error("the idempotency key came with another body before; another request needs another key")]
    KeyReused,
    /// The body of an upsert is invalid.
    #[error(transparent)]
    InvalidBody(#[from] InvalidBody),
    /// The operation was interrupted.
    #[error(transparent)]
    Interrupted(#[from] Interruption),
    /// A delete of several transactions was interrupted after some of them.
    #[error("{interruption}; the contacts that are listed here are deleted already")]
    PartialDelete {
        /// The contacts that were deleted.
        deleted: DeletedContacts,
        /// Why the others were not.
        #[source]
        interruption: Interruption,
    },
}

/// Why an operation could not be completed. Its effect may be partial; it can be sent again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interruption {
    /// The deadline passed.
    #[error("the service is busy; sending the same request again is safe")]
    DeadlineExceeded(#[from] DeadlineExceeded),
    /// The store was unavailable, and there was no time for another retry.
    #[error("the service is busy; sending the same request again is safe")]
    StoreUnavailable(#[source] StoreError),
    /// The store failed for a lasting reason.
    #[error("internal error; the log has its cause under the request id")]
    StoreFailed(#[source] StoreError),
}

impl From<StoreError> for Interruption {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::StoreUnavailable(error),
            StoreError::Refused(_) | StoreError::Corrupt { .. } => Self::StoreFailed(error),
        }
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        Self::Interrupted(error.into())
    }
}

impl From<UpsertError> for OperationError {
    fn from(error: UpsertError) -> Self {
        match error {
            UpsertError::Store(error) => error.into(),
            UpsertError::KeyReused => Self::KeyReused,
        }
    }
}

impl From<DeadlineExceeded> for OperationError {
    fn from(error: DeadlineExceeded) -> Self {
        Self::Interrupted(error.into())
    }
}

impl OperationError {
    /// The error of a delete that was interrupted after it had deleted these contacts.
    pub(crate) fn of_delete(deleted: DeletedContacts, interruption: Interruption) -> Self {
        if deleted.0.is_empty() {
            Self::Interrupted(interruption)
        } else {
            Self::PartialDelete { deleted, interruption }
        }
    }

    /// Why the operation was interrupted; `None` if the caller has to change the request.
    pub(crate) fn interruption(&self) -> Option<&Interruption> {
        match self {
            Self::Interrupted(interruption) | Self::PartialDelete { interruption, .. } => Some(interruption),
            _ => None,
        }
    }

    /// The contacts that were deleted in spite of the error.
    pub(crate) fn deleted(&self) -> Option<&DeletedContacts> {
        match self {
            Self::PartialDelete { deleted, .. } => Some(deleted),
            _ => None,
        }
    }
}

impl Interruption {
    /// The cause, for the log.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::DeadlineExceeded(error) => error.to_string(),
            Self::StoreUnavailable(error) | Self::StoreFailed(error) => error.to_string(),
        }
    }
}
