//! The records of idempotency keys. DynamoDB deletes them some time after they have expired ("Using time to live" in its
//! developer guide); here they count as gone at the moment at which they expire.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest};
use sha2::{Digest, Sha256};

use super::{
    attributes::{Item, digits, string, text},
    error::StoreError,
    keys::{ItemKind, Key, PK, SK},
    outcome::WriteOutcome,
    statements::MAX_STATEMENTS_PER_REQUEST,
    table::{MAX_CONCURRENT_CALLS, Store},
};
use crate::{
    concurrency::try_join_bounded,
    context::{OperationContext, OperationId},
    domain::{BodyDigest, IdempotencyKey, Right, TenantName},
};

/// The SHA-256 of the body that a key is bound to.
pub(super) const BODY: &str = "body";

/// The id of the operation that a key is bound to.
pub(super) const OPERATION: &str = "operation";

/// The attribute by which DynamoDB deletes records (`TimeToLiveSpecification` in template.yaml), in seconds since 1970.
pub(super) const TIME_TO_LIVE: &str = "time_to_live";

/// The most rounds of inserting and reading records, if other callers bind the same keys.
const MAX_ROUNDS: usize = 50;

/// A key, and the body that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// The key.
    pub key: IdempotencyKey,
    /// The body.
    pub body: BodyDigest,
}

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
                let record = records.iter().find(|record| is_at(record, &one.key));
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

/// A record of the table.
pub(super) struct Record<'i> {
    pub(super) body: &'i str,
    pub(super) operation: &'i str,
    pub(super) time_to_live: &'i str,
}

impl<'i> Record<'i> {
    pub(super) fn read(item: &'i Item) -> Result<Self, StoreError> {
        Ok(Self {
            body: text(item, BODY)?,
            operation: text(item, OPERATION)?,
            time_to_live: digits(item, TIME_TO_LIVE)?,
        })
    }

    pub(super) fn has_expired(&self) -> bool {
        self.time_to_live.parse::<u64>().is_ok_and(|end| end <= seconds(SystemTime::now()))
    }
}

fn is_at(item: &Item, key: &Key) -> bool {
    let has = |name: &'static str, value: &str| text(item, name).is_ok_and(|text| text == value);
    has(PK, &key.pk) && has(SK, &key.sk)
}

/// The moment at which a record that is written now expires.
pub(super) fn time_to_live(key: &IdempotencyKey) -> AttributeValue {
    AttributeValue::N(seconds(SystemTime::now() + key.lifetime()).to_string())
}

/// The key of a record. Keys are hashed: they are up to 255 characters of a caller's choice.
pub(super) fn record_key(tenant: &TenantName, operation: Right, key: &IdempotencyKey) -> Key {
    let hash = Sha256::digest(key.as_str());
    Key {
        pk: ItemKind::Idempotency.partition(tenant, hash[0].into()),
        sk: format!("{}#{}", operation.as_str(), hex::encode(hash)),
    }
}

fn seconds(moment: SystemTime) -> u64 {
    moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
