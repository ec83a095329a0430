//! Transactions: up to 100 conditional writes, all or none of them, at twice the write units.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{ReturnConsumedCapacity, TransactWriteItem},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Store, StoreError, error::throttles};

/// How many writes a transaction takes (`TransactWriteItems`, API reference).
pub(super) const WRITES_A_TRANSACTION: usize = 100;

/// The codes of cancellation reasons that pass by themselves.
const TRANSIENT_REASONS: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

impl Store {
    /// Carries out all of `writes` or none of them; false if a condition of theirs doesn't hold.
    pub(super) async fn transact(&self, writes: &[TransactWriteItem]) -> Result<bool, StoreError> {
        self.transact_beginning_by(writes, None).await
    }

    /// The same, and nothing begins after a moment from which on nobody would hear how it ends. A transaction
    /// that may have begun before it, because no answer came, is sent again all the same: that is how to find
    /// out.
    ///
    /// One client token goes with every try, so that a transaction whose answer got lost isn't refused
    /// for its own effect when it is sent again (API reference, "Idempotency": for ten minutes).
    pub(super) async fn transact_beginning_by(
        &self,
        writes: &[TransactWriteItem],
        begin_by: Option<Instant>,
    ) -> Result<bool, StoreError> {
        let client_token = Uuid::new_v4().to_string();
        let may_have_begun = &AtomicBool::new(false);
        let done = self.until_answered(|| async {
            if !may_have_begun.load(Relaxed) && begin_by.is_some_and(|moment| Instant::now() >= moment) {
                return Ok(None);
            }
            let call = self
                .client
                .transact_write_items()
                .set_transact_items(Some(writes.to_vec()))
                .client_request_token(&client_token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match self.attempt(call.send()).await {
                Ok(answer) => {
                    self.count(|usage| usage.add_transaction(answer.consumed_capacity()));
                    Ok(Some(true))
                }
                Err(error) => {
                    may_have_begun.fetch_or(!was_refused(&error), Relaxed);
                    self.refusal(error).map(Some)
                }
            }
        });
        let no_time = || StoreError::Unavailable("there is no time to begin a transaction".to_owned());
        done.await?.ok_or_else(no_time)
    }

    /// What it means that a transaction was not carried out: false for a condition that doesn't hold.
    fn refusal(&self, error: SdkError<TransactWriteItemsError>) -> Result<bool, StoreError> {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
        else {
            return Err(error.into());
        };
        let codes: Vec<_> =
            cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
        self.count_throttles(codes.iter().filter(|code| throttles(code)).count());
        if codes.contains(&"ConditionalCheckFailed") {
            return Ok(false);
        }
        match codes.iter().find(|code| TRANSIENT_REASONS.contains(code)) {
            Some(code) => Err(StoreError::Unavailable((*code).to_owned())),
            None => Err(StoreError::Refused(codes.join(", "))),
        }
    }
}

/// Whether DynamoDB said that nothing was done, and nothing with the same client token is under way.
fn was_refused(error: &SdkError<TransactWriteItemsError>) -> bool {
    let SdkError::ServiceError(context) = error else { return false };
    context.raw().status().is_client_error() && !context.err().is_transaction_in_progress_exception()
}
