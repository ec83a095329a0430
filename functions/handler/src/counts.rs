//! Counts of contacts, for results and metrics.

use std::ops::AddAssign;

/// The contacts that an operation created, updated, left unchanged, rejected and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactCounts {
    /// Items that created a contact.
    pub created: usize,
    /// Items that changed a contact.
    pub updated: usize,
    /// Items whose contact already had their values.
    pub unchanged: usize,
    /// Items that were rejected.
    pub rejected: usize,
    /// Contacts that were deleted.
    pub deleted: usize,
}

impl AddAssign for ContactCounts {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.deleted += other.deleted;
    }
}
