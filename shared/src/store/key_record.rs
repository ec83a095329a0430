//! The record of an idempotency key. DynamoDB deletes records some time after they have expired ("Using time to live" in its
//! developer guide); here they count as gone at the moment at which they expire.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use super::{
    attributes::{Item, digits, text},
    error::StoreError,
    keys::{ItemKind, Key},
};
use crate::domain::{BodyDigest, IdempotencyKey, Right, TenantName};

/// The SHA-256 of the body that a key is bound to.
pub(super) const BODY: &str = "body";

/// The id of the operation that a key is bound to.
pub(super) const OPERATION: &str = "operation";

/// The attribute by which DynamoDB deletes records (`TimeToLiveSpecification` in template.yaml), in seconds since 1970.
pub(super) const TIME_TO_LIVE: &str = "time_to_live";

/// A key, and the body that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// The key.
    pub key: IdempotencyKey,
    /// The body.
    pub body: BodyDigest,
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
