//! How long to wait before trying again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Store;

/// From where on waits for a store that is throttling or out of reach don't grow any more.
const LONGEST: Duration = Duration::from_secs(1);

/// The same for waits after a lost race: whoever won is done, and the next try is as good as any.
const LONGEST_AFTER_A_RACE: Duration = Duration::from_millis(80);

/// Waits that double, each up to twice as long by chance, without an end: whoever waits has a time limit.
/// The jitter keeps callers that collided once from colliding again.
pub struct Backoff(ExponentialBackoff);

impl Backoff {
    /// A fresh series, to be used for one piece of work.
    #[must_use]
    pub fn new() -> Self {
        Self::up_to(LONGEST)
    }

    /// A fresh series of shorter waits, for work that another caller was faster at.
    #[must_use]
    pub fn after_a_race() -> Self {
        Self::up_to(LONGEST_AFTER_A_RACE)
    }

    fn up_to(longest: Duration) -> Self {
        let series = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(10))
            .with_max_delay(longest)
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
    /// Counts what DynamoDB throttled in calls that went through otherwise.
    pub(super) fn count_throttles(&self, number: usize) {
        self.count(|usage| usage.throttles += u32::try_from(number).unwrap_or(u32::MAX));
    }

    /// Waits until it is time to try again; `why` is for the log.
    pub async fn back_off(&self, backoff: &mut Backoff, why: impl Into<String>) {
        let why = why.into();
        self.count(|usage| {
            usage.retries += 1;
            usage.last_retry = Some(why);
        });
        tokio::time::sleep(backoff.0.next().unwrap_or(LONGEST)).await;
    }
}
