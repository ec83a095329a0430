//! Where an event comes from.

use lambda_http::Context;

use crate::operation::Operation;

/// The kinds of triggers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// API Gateway.
    Http,
    /// An SQS queue.
    Sqs,
    /// An EventBridge event bus.
    EventBridge,
    /// A direct invoke.
    Direct,
}

impl Trigger {
    /// Whether the caller gets the answer of the operation.
    #[must_use]
    pub fn has_answer(self) -> bool {
        matches!(self, Self::Http | Self::Direct)
    }

    /// The trigger's name, as logs and metrics have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sqs => "sqs",
            Self::EventBridge => "eventbridge",
            Self::Direct => "direct",
        }
    }
}

/// The origin of an event, and the operation that it asks for.
#[derive(Clone, Copy)]
pub struct Source<'e> {
    /// The trigger.
    pub trigger: Trigger,
    /// The operation.
    pub operation: Operation,
    /// The context of the invocation.
    pub context: &'e Context,
    /// The event's id of SQS or EventBridge.
    pub message_id: Option<&'e str>,
}
