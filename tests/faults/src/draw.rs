//! What is left to chance, drawn from a seed: the same seed and schedule draw the same, on every machine.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

/// A source of draws.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The draws of one schedule.
    pub(crate) fn of(seed: u64, schedule: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(schedule);
        Self(source)
    }

    /// A number less than this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// A number between these, both included.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        self.0.random_range(first..=last)
    }

    /// Whether something happens that does so this often of a hundred times.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// The places of some of these many things, at least one, in order.
    pub(crate) fn some_of(&mut self, count: usize) -> Vec<usize> {
        let mut places: Vec<_> = (0..count).filter(|_| self.chance(50)).collect();
        if places.is_empty() && count > 0 {
            places.push(self.below(count));
        }
        places
    }
}
