//! How long to wait before trying again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Store;

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(1);

/// Waits that double from 10 ms to 1 s, each up to twice as long by chance, without an end: whoever
/// waits has a time limit. The jitter keeps callers that collided once from colliding again.
pub struct Backoff(ExponentialBackoff);

impl Backoff {
    /// A fresh series, to be used for one piece of work.
    #[must_use]
    pub fn new() -> Self {
        let series = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(10))
            .with_max_delay(LONGEST)
            .without_max_times()
            .with_jitter();
        Self(series.build())
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// Waits until it is time to try again.
    pub async fn back_off(&self, backoff: &mut Backoff) {
        self.count(|usage| usage.retries += 1);
        tokio::time::sleep(backoff.0.next().unwrap_or(LONGEST)).await;
    }
}
