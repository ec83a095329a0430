//! A guess whether the rest of a list creates new contacts. A heuristic only: the conditional write decides.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Remembers whether the contacts that were read so far existed.
#[derive(Debug, Default)]
pub(super) struct InsertHeuristic {
    saw_new: AtomicBool,
    saw_existing: AtomicBool,
}

impl InsertHeuristic {
    /// Records a chunk that was read, with the number of its contacts that existed.
    pub(super) fn record_read(&self, existing: usize) {
        let seen = if existing == 0 { &self.saw_new } else { &self.saw_existing };
        seen.store(true, Relaxed);
    }

    /// Whether to write chunks without reading them first: true if all contacts so far were new, as in a list that is sent
    /// for the first time. Once a contact existed, it is never true again, because a wrong guess costs a refused write.
    pub(super) fn assumes_new(&self) -> bool {
        self.saw_new.load(Relaxed) && !self.saw_existing.load(Relaxed)
    }
}
