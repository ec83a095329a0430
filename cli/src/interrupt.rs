//! What Ctrl-C does where more has to be said than that it was pressed, or cleaned up after it.

use crate::failure::Failure;

/// Does the work, unless Ctrl-C breaks it off; `what_now` is what the operator hears then.
pub(crate) async fn breakable<T>(
    work: impl Future<Output = Result<T, Failure>>,
    what_now: impl FnOnce() -> String,
) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        // Without a handler for it, Ctrl-C ends the process as it always does.
        Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Interrupted(what_now())),
    }
}
