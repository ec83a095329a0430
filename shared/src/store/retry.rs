//! Retries of calls.

use super::{backoff::Backoff, error::StoreError};
use crate::context::OperationContext;

/// The result of one call.
pub(super) enum Progress<T> {
    /// Everything is done.
    Done(T),
    /// DynamoDB left a part undone, for this reason; the next call is for the rest.
    Partial(&'static str),
}

/// The retries of a call: a loop makes the call and passes each result to [`Self::done_or_wait`].
///
/// This is not a function that takes the call as an async closure: futures of async closures that borrow aren't `Send`.
pub(super) struct Retries<'c> {
    context: &'c OperationContext,
    backoff: Backoff,
}

impl<'c> Retries<'c> {
    /// Starts with the shortest wait.
    pub(super) fn new(context: &'c OperationContext) -> Self {
        Self { context, backoff: Backoff::after_error() }
    }

    /// Returns the result if everything is done. Otherwise waits until it is time for the next call, and returns `None`.
    ///
    /// # Errors
    /// Returns an error that isn't transient.
    pub(super) async fn done_or_wait<T>(
        &mut self,
        result: Result<Progress<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let reason = match result {
            Ok(Progress::Done(result)) => return Ok(Some(result)),
            Ok(Progress::Partial(reason)) => reason.to_owned(),
            Err(error) if error.is_transient() => error.to_string(),
            Err(error) => return Err(error),
        };
        self.backoff.wait(self.context, reason).await;
        Ok(None)
    }
}
