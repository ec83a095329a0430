//! Idempotency ids.

use std::sync::Arc;

use uuid::Uuid;

/// Idempotency id of an operation; a retry of the same operation carries the same id. A contact stores the id of the
/// operation that created it, so an operation that got an error in response to its write recognises its own contact. Clones
/// are cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationId(Arc<str>);

impl OperationId {
    /// The id of an operation, from an id that no other operation has.
    #[must_use]
    pub fn new(unique: &str) -> Self {
        Self(unique.into())
    }

    /// A new id.
    #[must_use]
    pub fn unique() -> Self {
        Self::new(&Uuid::new_v4().simple().to_string())
    }

    /// The id of one delivery of an event that may be delivered again under the same id. Each delivery is an operation
    /// of its own, because the result of the event can have changed by then.
    #[must_use]
    pub fn for_delivery(event: &str) -> Self {
        Self(format!("{event}/{}", Uuid::new_v4().simple()).into())
    }

    /// The id as text, as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
