//! Random choices from a seed.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

/// A random number generator. Equal seeds and schedules give equal numbers on every machine.
pub(crate) struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// The generator of one schedule.
    pub(crate) fn new(seed: u64, schedule: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(schedule);
        Self(generator)
    }

    /// Draws a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Draws a number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        self.0.random_range(first..=last)
    }

    /// Returns true with a probability of `percent` in a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Draws one of these values.
    pub(crate) fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    /// Draws a subset of the indexes below `len`, in order. It is empty only if `len` is 0.
    pub(crate) fn subset(&mut self, len: usize) -> Vec<usize> {
        let mut indexes: Vec<_> = (0..len).filter(|_| self.chance(50)).collect();
        if indexes.is_empty() && len > 0 {
            indexes.push(self.below(len));
        }
        indexes
    }
}
