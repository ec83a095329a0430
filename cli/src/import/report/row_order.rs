//! Puts what is known about rows back into the order of the file, although their outcomes arrive in any
//! order.

use std::collections::{BTreeMap, BTreeSet};

/// Holds values of rows back until no earlier row is open.
#[derive(Debug)]
pub(super) struct RowOrder<T> {
    /// The first row of each batch that is being filled or sent.
    open: BTreeSet<u64>,
    waiting: BTreeMap<u64, T>,
}

impl<T> Default for RowOrder<T> {
    fn default() -> Self {
        Self { open: BTreeSet::new(), waiting: BTreeMap::new() }
    }
}

impl<T> RowOrder<T> {
    /// Opens a batch by the number of its first row.
    pub(super) fn open(&mut self, first: u64) {
        self.open.insert(first);
    }

    /// Closes a batch: the outcomes of its rows are known, or will never be.
    pub(super) fn close(&mut self, first: u64) {
        self.open.remove(&first);
    }

    /// Adds the value of the row with this number.
    pub(super) fn add(&mut self, number: u64, value: T) {
        self.waiting.insert(number, value);
    }

    /// Returns how many values wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes the next value that no earlier row can precede any more.
    pub(super) fn next(&mut self) -> Option<T> {
        let first = self.waiting.first_entry()?;
        self.open.first().is_none_or(|open| first.key() < open).then(|| first.remove())
    }

    /// Takes the next value, although earlier rows may be open.
    pub(super) fn next_of_all(&mut self) -> Option<T> {
        self.waiting.pop_first().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_wait_for_earlier_batches() {
        let mut order = RowOrder::default();
        order.open(1);
        order.open(3);
        order.add(4, "fourth");
        order.add(2, "second");
        assert_eq!(order.next(), None);
        order.close(1);
        assert_eq!((order.next(), order.next()), (Some("second"), None));
        order.close(3);
        assert_eq!((order.next(), order.next()), (Some("fourth"), None));
        order.open(5);
        order.add(6, "sixth");
        assert_eq!((order.next(), order.next_of_all()), (None, Some("sixth")));
    }
}
