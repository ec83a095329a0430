//! Errors of an upsert as a whole.

use crate::store::StoreError;

/// Why an upsert has no outcomes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpsertError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An idempotency key is bound to another body. Nothing was written.
    #[error("the idempotency key is bound to another body")]
    KeyReused,
}
