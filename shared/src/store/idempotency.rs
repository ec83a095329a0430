//! The binding of idempotency keys to the bodies of their requests, for upserts. A delete writes its record in its first
//! transaction.

use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest};

use super::{
    attributes::{string, text},
    error::StoreError,
    key_record::{BODY, KeyBinding, OPERATION, Record, TIME_TO_LIVE, record_key, time_to_live},
    keys::{Key, PK, SK},
    outcome::WriteOutcome,
    statements::MAX_STATEMENTS_PER_REQUEST,
    table::{MAX_CONCURRENT_CALLS, Store},
};
use crate::{
    concurrency::try_join_bounded,
    context::{OperationContext, OperationId},
    domain::{Right, TenantName},
};

/// The most rounds of inserting and reading records, if other callers bind the same keys.
const MAX_ROUNDS: usize = 50;

/// Whether keys are bound to their bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum BindOutcome {
    /// They are bound now, or were already: each to the operation with this id, which repeats of the request have in common.
    Bound(Vec<OperationId>),
    /// One of them is bound to another body.
    BoundToAnotherBody,
}

/// A binding whose record is not written yet.
struct OpenBinding<'b> {
    /// The position in the list of bindings.
    index: usize,
    binding: &'b KeyBinding,
    key: Key,
    /// The operation, if this binding is the first of its key.
    operation: OperationId,
    /// When the record that exists has expired.
    expired: Option<String>,
}

impl Store {
    /// Binds keys of one operation to their bodies. Costs a write unit per key, and one round trip.
    pub async fn bind_keys(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        operation: Right,
        bindings: &[KeyBinding],
    ) -> Result<BindOutcome, StoreError> {
        let mut open: Vec<_> = bindings
            .iter()
            .enumerate()
            .map(|(index, binding)| OpenBinding {
                index,
                binding,
                key: record_key(tenant, operation, &binding.key),
                operation: OperationId::unique(),
                expired: None,
            })
            .collect();
        let mut operations: Vec<_> = open.iter().map(|open| open.operation.clone()).collect();
        for _ in 0..MAX_ROUNDS {
            let batches = open.chunks(MAX_STATEMENTS_PER_REQUEST).map(|batch| {
                self.execute_all(context, batch.len(), |index| self.record_statement(&batch[index]))
            });
            let batches: Vec<_> = batches.collect();
            let outcomes = try_join_bounded(MAX_CONCURRENT_CALLS, batches).await?;
            let outcomes = outcomes.into_iter().flatten();
            let refused = open.into_iter().zip(outcomes);
            open = refused
                .filter(|(_, outcome)| *outcome == WriteOutcome::ConditionFailed)
                .map(|(open, _)| open)
                .collect();
            if open.is_empty() {
                return Ok(BindOutcome::Bound(operations));
            }
            // A record exists: of an earlier request, of this one if the response was lost, or an expired one.
            let records = self.read(context, open.iter().map(|open| open.key.clone()).collect()).await?;
            let mut unbound = Vec::new();
            for one in open {
                // A sort key has the hash of its idempotency key: it is unique among all buckets.
                let record = records.iter().find(|record| text(record, SK).is_ok_and(|sk| sk == one.key.sk));
                match record.map(Record::read).transpose()? {
                    None => unbound.push(OpenBinding { expired: None, ..one }),
                    Some(record) if record.has_expired() => {
                        unbound.push(OpenBinding { expired: Some(record.time_to_live.to_owned()), ..one });
                    }
                    Some(record) if record.body == one.binding.body.as_str() => {
                        operations[one.index] = OperationId::new(record.operation);
                    }
                    Some(_) => return Ok(BindOutcome::BoundToAnotherBody),
                }
            }
            if unbound.is_empty() {
                return Ok(BindOutcome::Bound(operations));
            }
            open = unbound;
        }
        Err(StoreError::unavailable("an idempotency key is bound by too many callers at once"))
    }

    /// Inserts the record, or replaces the one that has expired.
    fn record_statement(&self, open: &OpenBinding<'_>) -> Result<BatchStatementRequest, StoreError> {
        let body = string(open.binding.body.as_str());
        let time_to_live = time_to_live(&open.binding.key);
        let operation = string(open.operation.as_str());
        let (pk, sk) = (string(&open.key.pk), string(&open.key.sk));
        let table = self.table();
        let (statement, parameters) = match &open.expired {
            None => (
                format!(
                    r#"INSERT INTO "{table}" VALUE {{'{PK}': ?, '{SK}': ?, '{BODY}': ?, '{OPERATION}': ?, '{TIME_TO_LIVE}': ?}}"#
                ),
                vec![pk, sk, body, operation, time_to_live],
            ),
            Some(expired) => (
                format!(
                    r#"UPDATE "{table}" SET "{BODY}" = ? SET "{OPERATION}" = ? SET "{TIME_TO_LIVE}" = ? WHERE "{PK}" = ? AND "{SK}" = ? AND "{TIME_TO_LIVE}" = ?"#
                ),
                vec![body, operation, time_to_live, pk, sk, AttributeValue::N(expired.clone())],
            ),
        };
        Ok(BatchStatementRequest::builder().statement(statement).set_parameters(Some(parameters)).build()?)
    }
}
