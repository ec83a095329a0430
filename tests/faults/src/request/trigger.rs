//! The triggers of the functions, and the events that they send.

use contacts_core::domain::IdempotencyKey;
use runtime_api::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::body::Body;

/// The trigger that a request is sent through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// API Gateway. The request may have the idempotency key of this number.
    Http { key: Option<usize> },
    /// A direct invoke.
    Direct,
    /// EventBridge. The id of the event is its key.
    EventBridge,
    /// SQS. The id of the message is its key.
    Sqs,
}

/// A request on its way to a function.
pub(crate) struct Delivery<'d> {
    /// The number of the request in its plan.
    pub(crate) request: usize,
    /// The body as JSON.
    pub(crate) body: &'d Value,
}

impl Trigger {
    /// The number of the key that the caller chose.
    pub(crate) fn key(self) -> Option<usize> {
        match self {
            Self::Http { key } => key,
            Self::Direct | Self::EventBridge | Self::Sqs => None,
        }
    }

    /// Whether requests have an idempotency key.
    pub(crate) fn has_key(self) -> bool {
        match self {
            Self::Http { key } => key.is_some(),
            Self::Direct => false,
            Self::EventBridge | Self::Sqs => true,
        }
    }

    /// Whether the caller gets the result of its request.
    pub(crate) fn has_answer(self) -> bool {
        matches!(self, Self::Http { .. } | Self::Direct)
    }

    /// Builds the event of these deliveries. Only SQS sends several at once.
    pub(crate) fn event(self, deliveries: &[Delivery<'_>], kind: &Body, authorization: &str) -> Bytes {
        let body = deliveries[0].body;
        let event = match self {
            Self::Http { key } => return http_event(kind.path(), authorization, body, key),
            Self::Direct => body.clone(),
            Self::EventBridge => json!({
                "version": "0",
                "id": message_id(deliveries[0].request),
                "detail-type": match kind {
                    Body::Upsert(_) => "UpsertContacts",
                    Body::Delete(_) => "DeleteAccountContacts",
                },
                "source": "crm.example",
                "account": "123456789012",
                "time": "2026-01-01T00:00:00Z",
                "region": "eu-central-1",
                "resources": [],
                "detail": body,
            }),
            Self::Sqs => json!({ "Records": deliveries.iter().map(record).collect::<Vec<_>>() }),
        };
        event.to_string().into()
    }
}

fn http_event(path: &str, authorization: &str, body: &Value, key: Option<usize>) -> Bytes {
    let key = key.map(|key| format!("key-{key}"));
    runtime_api::http::post_with_key(path, authorization, key.as_deref(), &body.to_string())
}

fn record(delivery: &Delivery<'_>) -> Value {
    json!({
        "messageId": message_id(delivery.request),
        "receiptHandle": "handle",
        "body": delivery.body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:contacts",
        "awsRegion": "eu-central-1",
    })
}

/// The id of the message or of the event of a request: the same in each delivery.
pub(crate) fn message_id(request: usize) -> String {
    format!("message-{request}")
}

/// The hash by which the table names the record of a message's key.
pub(crate) fn message_key_hash(request: usize) -> String {
    hex::encode(Sha256::digest(IdempotencyKey::of_message(&message_id(request)).as_str()))
}
