//! Transactions: up to 100 conditional writes, all or none, at twice the write units.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{ReturnConsumedCapacity, TransactWriteItem},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    capacity::{count_throttles, count_transaction},
    error::{StoreError, is_throttling},
    outcome::WriteOutcome,
    retry::{Progress, Retries},
    table::Store,
};
use crate::context::OperationContext;

/// The most writes of a transaction (`TransactWriteItems`, API reference).
pub(super) const MAX_WRITES_PER_TRANSACTION: usize = 100;

/// How long before a deadline the last transaction may start, so that its outcome is known in time. Longer than
/// [`CALL_TIMEOUT`](super::client::CALL_TIMEOUT), after which a call without a response is given up.
pub(crate) const MAX_TRANSACTION_TIME: Duration = Duration::from_millis(5_500);

/// The transient codes of cancellation reasons.
const TRANSIENT_REASONS: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

impl Store {
    /// Applies all of `writes` or none of them.
    pub(super) async fn transact(
        &self,
        context: &OperationContext,
        writes: &[TransactWriteItem],
    ) -> Result<WriteOutcome, StoreError> {
        self.transact_until(context, writes, None).await
    }

    /// Like [`Self::transact`], but starts no transaction after `start_deadline`: its outcome could not be reported in
    /// time. A try without a response may have started the transaction, so it is repeated even after `start_deadline`:
    /// only the repetition shows the outcome.
    ///
    /// All tries carry one client token, so a transaction whose response was lost isn't refused because of its own effect.
    /// DynamoDB keeps the token for ten minutes ("Idempotency" in the API reference).
    pub(super) async fn transact_until(
        &self,
        context: &OperationContext,
        writes: &[TransactWriteItem],
        start_deadline: Option<Instant>,
    ) -> Result<WriteOutcome, StoreError> {
        let client_token = Uuid::new_v4().to_string();
        let mut may_have_started = false;
        let mut retries = Retries::new(context);
        loop {
            let is_too_late = start_deadline.is_some_and(|moment| Instant::now() >= moment);
            if is_too_late && !may_have_started {
                return Err(StoreError::unavailable("there is no time to begin a transaction"));
            }
            let call = self
                .client()
                .transact_write_items()
                .set_transact_items(Some(writes.to_vec()))
                .client_request_token(&client_token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            let outcome = match self.attempt(context, call.send()).await {
                Ok(response) => {
                    count_transaction(context, response.consumed_capacity());
                    Ok(WriteOutcome::Applied)
                }
                Err(error) => {
                    may_have_started |= !certainly_had_no_effect(&error);
                    outcome_of_cancellation(context, error)
                }
            };
            if let Some(outcome) = retries.done_or_wait(outcome.map(Progress::Done)).await? {
                return Ok(outcome);
            }
        }
    }
}

/// The outcome that an error stands for: a condition failed. Any other error is returned.
fn outcome_of_cancellation(
    context: &OperationContext,
    error: SdkError<TransactWriteItemsError>,
) -> Result<WriteOutcome, StoreError> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return Err(error.into());
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    count_throttles(context, codes.iter().filter(|code| is_throttling(code)).count());
    if codes.contains(&"ConditionalCheckFailed") {
        return Ok(WriteOutcome::ConditionFailed);
    }
    match codes.iter().find(|code| TRANSIENT_REASONS.contains(code)) {
        Some(code) => Err(StoreError::unavailable(*code)),
        None => Err(StoreError::Refused(codes.join(", "))),
    }
}

/// Whether DynamoDB confirmed that the transaction had no effect, and that none with the same client token is in progress.
fn certainly_had_no_effect(error: &SdkError<TransactWriteItemsError>) -> bool {
    let SdkError::ServiceError(response) = error else { return false };
    response.raw().status().is_client_error() && !response.err().is_transaction_in_progress_exception()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        config::http::HttpResponse,
        types::error::{InternalServerError, TransactionInProgressException},
    };

    use super::*;

    fn with_status(error: TransactWriteItemsError, status: u16) -> SdkError<TransactWriteItemsError> {
        SdkError::service_error(error, HttpResponse::new(status.try_into().unwrap(), "".into()))
    }

    #[test]
    fn only_a_refused_transaction_certainly_had_no_effect() {
        let throttled = TransactWriteItemsError::unhandled("throttled");
        assert!(certainly_had_no_effect(&with_status(throttled, 400)));
        let in_progress = TransactionInProgressException::builder().build();
        let failed = InternalServerError::builder().build();
        for error in [
            with_status(TransactWriteItemsError::TransactionInProgressException(in_progress), 400),
            with_status(TransactWriteItemsError::InternalServerError(failed), 500),
            SdkError::timeout_error("no response"),
        ] {
            assert!(!certainly_had_no_effect(&error), "{error:?}");
        }
    }
}
