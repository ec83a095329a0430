//! A worker: sends its batches one at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
    mpsc as std_mpsc,
};

use backon::Retryable;
use tokio::sync::mpsc;

use super::{
    api_client::{ApiClient, UpsertError, UpsertReply},
    batch::Batch,
    retry::{self, RetryBudget},
    shutdown::Shutdown,
};
use crate::{
    api::RetryCause,
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

/// The result of a batch that was sent.
enum Delivery {
    /// The service processed the request.
    Replied(UpsertReply),
    /// The import was stopped first.
    Abandoned,
}

impl Worker {
    /// Sends batches until there are no more or the shutdown is requested. An error requests the shutdown.
    pub(super) async fn run(self, mut jobs: mpsc::Receiver<BatchJob>) {
        while let Some(Some(BatchJob { batch, return_to })) =
            self.shutdown.token().run_until_cancelled(jobs.recv()).await
        {
            let delivered = self.deliver(&batch).await;
            let recorded = self.tally.batch_ended(batch.first_number());
            if let Err(error) = delivered.and(recorded) {
                self.shutdown.request(error);
            }
            // Fails if the dispatcher has ended; then the batch's memory is not needed any more.
            let _ = return_to.send(batch);
        }
    }

    /// Sends a batch and records the outcomes of its rows. If the service rejects the body as a whole, splits
    /// the batch until the rows are found that the service rejects.
    async fn deliver(&self, batch: &Batch) -> Result<(), CliError> {
        let may_be_stored = AtomicBool::new(false);
        let sent = self.send(batch, &may_be_stored).await;
        match sent {
            Ok(Delivery::Replied(UpsertReply::Outcomes(outcomes))) => {
                self.retry_budget.record_success();
                self.tally.record_batch(batch.rows(), &outcomes, batch.file_bytes);
                return Ok(());
            }
            Ok(Delivery::Replied(UpsertReply::BodyRejected(reason))) if batch.len() == 1 => {
                self.tally.record_batch(batch.rows(), &[RowOutcome::Rejected(reason)], batch.file_bytes);
                return Ok(());
            }
            Ok(Delivery::Replied(UpsertReply::BodyRejected(_))) => {
                for half in batch.split() {
                    Box::pin(self.deliver(&half)).await?;
                }
                return Ok(());
            }
            Ok(Delivery::Replied(UpsertReply::Unreadable(error))) => {
                self.tally.record_unknown(batch.len());
                return Err(error);
            }
            Ok(Delivery::Abandoned) | Err(_) => {}
        }
        if may_be_stored.into_inner() {
            self.tally.record_unknown(batch.len());
        }
        match sent {
            Err(UpsertError::Transient(reason)) => Err(reason.into_error()),
            Err(UpsertError::Fatal(error)) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Sends a batch, and retries while the budget lasts. Sets `may_be_stored` once a request may have taken
    /// effect without an answer.
    async fn send(&self, batch: &Batch, may_be_stored: &AtomicBool) -> Result<Delivery, UpsertError> {
        let mut retries = self.retry_budget.start_request();
        let shutdown = self.shutdown.token().clone();
        (|| self.attempt(batch, may_be_stored))
            .retry(retry::delays())
            .sleep(move |delay| shutdown.clone().run_until_cancelled_owned(tokio::time::sleep(delay)))
            .adjust(|error, delay| match error {
                UpsertError::Transient(reason) => retries.next_delay(reason, delay?),
                UpsertError::Fatal(_) => None,
            })
            .notify(|error, delay| {
                if let UpsertError::Transient(reason) = error {
                    self.tally.retrying(&reason.description, delay);
                }
            })
            .await
    }

    /// Sends a batch once. Sends nothing after the shutdown was requested, and gives up a request at the end
    /// of the grace period.
    async fn attempt(&self, batch: &Batch, may_be_stored: &AtomicBool) -> Result<Delivery, UpsertError> {
        if self.shutdown.token().is_cancelled() {
            return Ok(Delivery::Abandoned);
        }
        tokio::select! {
            reply = self.client.upsert(batch.body(), batch.len()) => {
                reply.map(Delivery::Replied).inspect_err(|error| match error {
                    UpsertError::Transient(reason) if reason.cause != RetryCause::Unreachable => {
                        may_be_stored.store(true, Ordering::Relaxed);
                    }
                    UpsertError::Transient(_) | UpsertError::Fatal(_) => {}
                })
            }
            () = self.shutdown.grace_period_over() => {
                may_be_stored.store(true, Ordering::Relaxed);
                Ok(Delivery::Abandoned)
            }
        }
    }
}
