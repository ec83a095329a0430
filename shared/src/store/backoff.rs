//! Waits before retries.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::context::OperationContext;

/// The longest wait for a store that is throttling or unreachable, before jitter.
const MAX_DELAY: Duration = Duration::from_secs(1);

/// The longest wait after a lost race, before jitter. The caller that won has finished, so a long wait gains nothing.
const MAX_DELAY_AFTER_RACE: Duration = Duration::from_millis(80);

/// Exponential back-off with jitter, without a limit on the number of retries: deadlines end them. The jitter keeps
/// callers that collided once from colliding again.
pub struct Backoff(ExponentialBackoff);

impl Backoff {
    /// A new series of waits, for retries of transient errors.
    pub(super) fn after_error() -> Self {
        Self::up_to(MAX_DELAY)
    }

    /// A new series of shorter waits, for retries of conditional writes that lost a race.
    #[must_use]
    pub fn after_race() -> Self {
        Self::up_to(MAX_DELAY_AFTER_RACE)
    }

    fn up_to(max_delay: Duration) -> Self {
        let series = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(10))
            .with_max_delay(max_delay)
            .without_max_times()
            .with_jitter();
        Self(series.build())
    }

    /// Counts a retry with its reason, which the log shows, and waits.
    pub async fn wait(&mut self, context: &OperationContext, reason: impl Into<String>) {
        let reason = reason.into();
        context.count(|usage| {
            usage.retries += 1;
            usage.last_retry = Some(reason);
        });
        tokio::time::sleep(self.0.next().expect("the series has no end")).await;
    }
}
