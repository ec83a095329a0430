//! Deadlines.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The moment by which an operation must have ended.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Option<Instant>);

/// An operation did not end before its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("time ran out")]
pub struct DeadlineExceeded;

impl Deadline {
    /// No deadline.
    pub const NONE: Self = Self(None);

    /// A deadline that much later than now.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Some(Instant::now() + time))
    }

    /// The last moment to start something that takes up to `time`; `None` if there is no deadline.
    pub(crate) fn start_deadline(self, time: Duration) -> Option<Instant> {
        // Where the clock can't go back that far, the moment has passed in any case.
        self.0.map(|end| end.checked_sub(time).unwrap_or_else(Instant::now))
    }

    /// Runs `work` until it ends or the deadline has passed. In the latter case `work` is dropped.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> Result<T, DeadlineExceeded> {
        match self.0 {
            Some(end) => timeout_at(end, work).await.map_err(|_| DeadlineExceeded),
            None => Ok(work.await),
        }
    }
}
