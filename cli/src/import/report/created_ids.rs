//! The contacts that a dry run has reported as created. The service does not store them, so it reports a
//! later row of the same contact as created, too.

use std::collections::HashSet;

/// The maximum number of contacts that are remembered: about 40 MB.
const CAPACITY: usize = 2_000_000;

/// The ids of contacts that a dry run would have created.
#[derive(Debug, Default)]
pub(super) struct CreatedIds(HashSet<u64>);

impl CreatedIds {
    /// Records that a row would create this contact; returns whether it is the first one that would.
    pub(super) fn insert(&mut self, contact_id: u64) -> bool {
        if self.0.len() < CAPACITY { self.0.insert(contact_id) } else { !self.0.contains(&contact_id) }
    }
}
