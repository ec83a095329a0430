//! Answers, in the form of each trigger.

use serde::Serialize;
use serde_json::value::RawValue;

use super::sqs::BatchFailures;

/// The answer to an event.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer<H> {
    /// For API Gateway: the response.
    Http(H),
    /// For SQS: the messages that have to be delivered again.
    Sqs(BatchFailures),
    /// For a direct invoke: the result of the operation.
    Direct(Box<RawValue>),
    /// For EventBridge, which ignores answers.
    EventBridge,
}
