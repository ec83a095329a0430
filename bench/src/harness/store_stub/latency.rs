//! The stub's latency: how long an answer takes, and a wait that is precise enough for it.

use std::{
    f64::consts::TAU,
    thread,
    time::{Duration, Instant},
};

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// The 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_9;

/// A log-normal distribution of latencies.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Latency {
    pub(crate) median_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Latency {
    /// The latency that is always the same.
    pub(crate) const fn constant(milliseconds: f64) -> Self {
        Self { median_ms: milliseconds, p99_ms: milliseconds }
    }

    /// Draws the latency of one answer.
    pub(super) fn draw(self, rng: &mut impl Rng) -> Duration {
        let sigma = (self.p99_ms / self.median_ms).ln() / NORMAL_P99;
        // The Box-Muller transform. `1 - u` is in (0, 1], so its logarithm is finite.
        let (radius, angle) = (1.0 - rng.random::<f64>(), rng.random::<f64>());
        let normal = (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos();
        Duration::from_secs_f64(self.median_ms * (sigma * normal).exp() / 1_000.0)
    }
}

/// Waits until a moment, on a thread of its own: tokio's timer rounds up to the next millisecond, a quarter of a
/// usual latency.
pub(super) async fn wait_until(moment: Instant) -> Result<()> {
    let wait = move || thread::sleep(moment.saturating_duration_since(Instant::now()));
    Ok(tokio::task::spawn_blocking(wait).await?)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::ChaCha8Rng};

    use super::*;
    use crate::report::stats::{median, milliseconds, p99};

    #[test]
    fn drawn_latencies_have_the_median_and_the_99th_percentile() {
        let (latency, mut rng) = (Latency { median_ms: 4.0, p99_ms: 12.0 }, ChaCha8Rng::seed_from_u64(1));
        let drawn: Vec<_> = (0..100_000).map(|_| milliseconds(latency.draw(&mut rng))).collect();
        assert!((median(drawn.iter().copied()) - 4.0).abs() < 0.1);
        assert!((p99(drawn) - 12.0).abs() < 0.5);
    }

    #[test]
    fn constant_latency_is_drawn_each_time() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(Latency::constant(5.0).draw(&mut rng), Duration::from_millis(5));
    }
}
