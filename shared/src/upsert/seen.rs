//! What an upsert has seen of its contacts so far, and what it may expect of the rest. Not what is true of
//! them: only a condition that the store checks tells that.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether the contacts that were read were there.
#[derive(Debug, Default)]
pub(super) struct Seen {
    absent: AtomicBool,
    there: AtomicBool,
}

impl Seen {
    /// Notes that so many of a chunk's contacts were there.
    pub(super) fn note(&self, there: usize) {
        let seen = if there == 0 { &self.absent } else { &self.there };
        seen.store(true, Relaxed);
    }

    /// Whether all that was seen was new, as in a list that is sent for the first time. Then the rest is likely
    /// to be new too, and reading it first would be in vain. Once any contact has been there, it never is again:
    /// what is expected wrongly costs a write that is refused.
    pub(super) fn only_new(&self) -> bool {
        self.absent.load(Relaxed) && !self.there.load(Relaxed)
    }
}
