//! When a request is retried, after which delay, and for how long.

use std::{
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use backon::ExponentialBuilder;

use super::error::{RetryCause, RetryReason};

/// The delay before the first retry.
const MIN_DELAY: Duration = Duration::from_millis(250);

/// The maximum delay, unless the service asks for a longer one.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// How long to retry before any response has come. A wrong URL is likelier than an outage.
const FIRST_RESPONSE_LIMIT: Duration = Duration::from_secs(20);

/// How often a request is sent that the service fails on with an internal error.
const MAX_INTERNAL_ERRORS: u32 = 4;

/// Builds the delays between the attempts of a request: exponential, with jitter, without an end.
pub(crate) fn delays() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .without_max_times()
        .with_jitter()
}

/// How long the requests of a command together are retried while none succeeds.
pub(crate) struct RetryBudget {
    limit: Duration,
    state: Mutex<State>,
}

struct State {
    last_success: Option<Instant>,
    /// Whether any response has come from the service.
    has_responded: bool,
}

impl RetryBudget {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, state: Mutex::new(State { last_success: None, has_responded: false }) }
    }

    /// Records that a request succeeded.
    pub(crate) fn record_success(&self) {
        *self.state() = State { last_success: Some(Instant::now()), has_responded: true };
    }

    /// Starts the retries of a request.
    pub(crate) fn start_request(&self) -> RequestRetries<'_> {
        RequestRetries { budget: self, started: Instant::now(), internal_errors: 0 }
    }

    /// Returns how long a request that was started then may still be retried.
    fn remaining(&self, started: Instant, cause: RetryCause) -> Duration {
        let mut state = self.state();
        state.has_responded |= cause != RetryCause::Unreachable;
        let limit = if state.has_responded { self.limit } else { self.limit.min(FIRST_RESPONSE_LIMIT) };
        let since = state.last_success.map_or(started, |success| success.max(started));
        limit.saturating_sub(since.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it holds the lock")
    }
}

/// The retries of one request.
pub(crate) struct RequestRetries<'b> {
    budget: &'b RetryBudget,
    started: Instant,
    internal_errors: u32,
}

impl RequestRetries<'_> {
    /// Returns how long to wait before the next attempt: the longer of the back-off's delay and the one that
    /// the service asks for, but not longer than the budget. `None` if there is to be no other attempt.
    pub(crate) fn next_delay(&mut self, reason: &RetryReason, backoff: Duration) -> Option<Duration> {
        self.internal_errors += u32::from(reason.cause == RetryCause::InternalError);
        let remaining = self.budget.remaining(self.started, reason.cause);
        if remaining.is_zero() || self.internal_errors >= MAX_INTERNAL_ERRORS {
            return None;
        }
        Some(reason.retry_after.map_or(backoff, |asked| asked.max(backoff)).min(remaining))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(cause: RetryCause, retry_after: Option<u64>) -> RetryReason {
        RetryReason { cause, description: String::new(), retry_after: retry_after.map(Duration::from_secs) }
    }

    fn first_delay(budget: &RetryBudget, reason: &RetryReason) -> Option<Duration> {
        budget.start_request().next_delay(reason, MIN_DELAY)
    }

    #[test]
    fn the_delay_is_as_long_as_the_service_asks() {
        let budget = RetryBudget::new(Duration::from_mins(5));
        let delay = first_delay(&budget, &reason(RetryCause::Overloaded, Some(60))).unwrap();
        assert_eq!(delay, Duration::from_mins(1));
    }

    #[test]
    fn retries_end_with_the_budget() {
        let budget = RetryBudget::new(Duration::from_secs(3));
        let delay = first_delay(&budget, &reason(RetryCause::Overloaded, Some(60))).unwrap();
        assert!(delay <= Duration::from_secs(3));
        let budget = RetryBudget::new(Duration::ZERO);
        assert_eq!(first_delay(&budget, &reason(RetryCause::Overloaded, None)), None);
    }

    #[test]
    fn the_budget_is_smaller_before_the_first_response() {
        let budget = RetryBudget::new(Duration::from_mins(5));
        let unreachable = reason(RetryCause::Unreachable, Some(60));
        assert!(first_delay(&budget, &unreachable).unwrap() <= FIRST_RESPONSE_LIMIT);
        budget.record_success();
        assert_eq!(first_delay(&budget, &unreachable).unwrap(), Duration::from_mins(1));
    }

    #[test]
    fn internal_errors_are_retried_three_times() {
        let budget = RetryBudget::new(Duration::from_mins(5));
        let mut retries = budget.start_request();
        let error = reason(RetryCause::InternalError, None);
        let delays = (0..10).filter(|_| retries.next_delay(&error, MIN_DELAY).is_some()).count();
        assert_eq!(delays, 3);
    }
}
