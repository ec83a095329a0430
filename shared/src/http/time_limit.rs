//! How long a request may take.

use std::time::{Duration, SystemTime};

use lambda_http::Context;
use tokio::time::{Instant, timeout_at};

use super::answer::ApiError;

/// How long before Lambda would cut it off an invocation must have answered, so that a caller hears a 503
/// and not nothing: a second, and a little for shaping and sending the answer.
const MARGIN: Duration = Duration::from_millis(1_300);

/// The time that an invocation has where nobody says how long it has. `cargo lambda watch` says that
/// every deadline was in 1970.
const UNTOLD: Duration = Duration::from_secs(29);

/// The moment by which the work on a request must be done.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimit(Instant);

impl TimeLimit {
    /// The limit that an invocation's context sets.
    pub(super) fn of(context: Option<&Context>) -> Self {
        let left = context.and_then(|context| context.deadline().duration_since(SystemTime::now()).ok());
        Self(Instant::now() + left.unwrap_or(UNTOLD).saturating_sub(MARGIN))
    }

    /// Does some work, unless time runs out first.
    pub(super) async fn keep<T>(self, work: impl Future<Output = T>) -> Result<T, ApiError> {
        timeout_at(self.0, work).await.map_err(|_| ApiError::OutOfTime)
    }
}
