//! A worker: sends its batches one at a time.

use std::sync::{Arc, mpsc as std_mpsc};

use backon::Retryable;
use tokio::sync::mpsc;

use super::{
    api_client::{ApiClient, UpsertError, UpsertReply},
    batch::Batch,
    retry::{self, RetryBudget, RetryReason},
    shutdown::Shutdown,
};
use crate::{
    error::CliError,
    import::report::{RowOutcome, Tally},
};

/// A batch to send, and where to return it once it has been sent.
pub(super) struct BatchJob {
    pub(super) batch: Batch,
    pub(super) return_to: std_mpsc::Sender<Batch>,
}

/// Sends its batches one at a time. The workers of an import share everything they hold.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) client: Arc<ApiClient>,
    pub(super) retry_budget: Arc<RetryBudget>,
    pub(super) tally: Arc<Tally>,
    pub(super) shutdown: Arc<Shutdown>,
}

/// Why a batch has no reply.
enum SendError {
    /// The request failed, and may succeed later.
    Transient(RetryReason),
    /// The import can't go on.
    Fatal(CliError),
    /// The import was stopped, and the outcome is unknown.
    Abandoned,
}

impl From<UpsertError> for SendError {
    fn from(error: UpsertError) -> Self {
        match error {
            UpsertError::Transient(reason) => Self::Transient(reason),
            UpsertError::Fatal(error) => Self::Fatal(error),
        }
    }
}

impl Worker {
    /// Sends batches until there are no more or the shutdown is requested. An error requests the shutdown.
    pub(super) async fn run(self, mut jobs: mpsc::Receiver<BatchJob>) {
        while let Some(Some(BatchJob { batch, return_to })) =
            self.shutdown.token().run_until_cancelled(jobs.recv()).await
        {
            if let Err(error) = self.deliver(&batch).await {
                self.shutdown.request(error);
            }
            // Fails if the dispatcher has ended; then the batch's memory is not needed any more.
            let _ = return_to.send(batch);
        }
    }

    /// Sends a batch and records the outcomes of its rows. If the service rejects the body as a whole, splits
    /// the batch until the rows are found that the service rejects.
    async fn deliver(&self, batch: &Batch) -> Result<(), CliError> {
        match self.send(batch).await {
            Ok(UpsertReply::Outcomes(outcomes)) => {
                self.retry_budget.record_success();
                self.tally.record_batch(batch.rows(), &outcomes, batch.file_bytes)
            }
            Ok(UpsertReply::BodyRejected(reason)) if batch.len() == 1 => {
                self.tally.record_batch(batch.rows(), &[RowOutcome::Rejected(reason)], batch.file_bytes)
            }
            Ok(UpsertReply::BodyRejected(_)) => {
                for half in batch.split() {
                    Box::pin(self.deliver(&half)).await?;
                }
                Ok(())
            }
            Err(SendError::Transient(reason)) => Err(reason.into_error()),
            Err(SendError::Fatal(error)) => Err(error),
            Err(SendError::Abandoned) => Ok(()),
        }
    }

    /// Sends a batch, and retries while the budget lasts.
    async fn send(&self, batch: &Batch) -> Result<UpsertReply, SendError> {
        let mut retries = self.retry_budget.start_request();
        let shutdown = self.shutdown.token().clone();
        (|| self.attempt(batch))
            .retry(retry::delays())
            .sleep(move |delay| shutdown.clone().run_until_cancelled_owned(tokio::time::sleep(delay)))
            .adjust(|error, delay| match error {
                SendError::Transient(reason) => retries.next_delay(reason, delay?),
                SendError::Fatal(_) | SendError::Abandoned => None,
            })
            .notify(|error, delay| {
                if let SendError::Transient(reason) = error {
                    self.tally.retrying(&reason.description, delay);
                }
            })
            .await
    }

    /// Sends a batch once. Sends nothing after the shutdown was requested, and gives up a request at the end
    /// of the grace period.
    async fn attempt(&self, batch: &Batch) -> Result<UpsertReply, SendError> {
        if self.shutdown.token().is_cancelled() {
            return Err(SendError::Abandoned);
        }
        tokio::select! {
            reply = self.client.upsert(batch.body(), batch.len()) => Ok(reply?),
            () = self.shutdown.grace_period_over() => Err(SendError::Abandoned),
        }
    }
}
