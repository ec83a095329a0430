//! Stopping an import before the end of its file: on a signal, or after an error that ends it.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::signal::unix::signal;
use tokio_util::sync::CancellationToken;

use crate::{error::CliError, interrupt::termination_signals};

/// How long requests may take after the shutdown was requested, so that the outcomes of their rows are
/// counted.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

/// Whether the import is to stop, and why.
#[derive(Default)]
pub(super) struct Shutdown {
    token: CancellationToken,
    reason: Mutex<Option<CliError>>,
}

impl Shutdown {
    /// Requests the shutdown on each of the [`termination_signals`].
    pub(super) fn request_on_signals(self: &Arc<Self>) -> Result<(), CliError> {
        for kind in termination_signals() {
            let mut signals =
                signal(kind).map_err(|error| CliError::other("signals can't be handled").caused_by(error))?;
            let shutdown = Arc::clone(self);
            tokio::spawn(async move {
                signals.recv().await;
                shutdown.request(
                    CliError::interrupted()
                        .advice("To continue, run the same command again; that creates no duplicates"),
                );
            });
        }
        Ok(())
    }

    /// Requests the shutdown. The first reason is kept, later ones are dropped.
    pub(super) fn request(&self, reason: CliError) {
        self.reason().get_or_insert(reason);
        self.token.cancel();
    }

    /// Returns the token that is cancelled when the shutdown is requested.
    pub(super) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Waits until the shutdown is requested and the grace period has passed.
    pub(super) async fn grace_period_over(&self) {
        self.token.cancelled().await;
        tokio::time::sleep(GRACE_PERIOD).await;
    }

    /// Takes the reason of the shutdown; `None` if it was not requested.
    pub(super) fn take_reason(&self) -> Option<CliError> {
        self.reason().take()
    }

    fn reason(&self) -> MutexGuard<'_, Option<CliError>> {
        self.reason.lock().expect("no thread panics while it holds the lock")
    }
}
