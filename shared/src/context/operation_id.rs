//! Idempotency ids.

use uuid::Uuid;

/// Idempotency id of an operation; a retry of the same operation carries the same id. A contact stores the id of the
/// operation that created it, so an operation whose write was answered by an error recognises its own contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationId(String);

impl OperationId {
    /// The id of an operation, from an id that no other operation has.
    #[must_use]
    pub fn new(unique: &str) -> Self {
        Self(unique.to_owned())
    }

    /// The id of one delivery of an event that may be delivered again under the same id. Each delivery is an operation
    /// of its own, because the result of the event can have changed by then.
    #[must_use]
    pub fn for_delivery(event: &str) -> Self {
        Self(format!("{event}/{}", Uuid::new_v4().simple()))
    }

    /// The id as text, as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
