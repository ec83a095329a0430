//! The part of the service that is fuzzed: the entry point of each kind of event, and both bodies.

use contacts_handler::event::Event;
use lambda_http::request::LambdaRequest;

pub use contacts_handler::{
    body::{DeleteAnswer, DeleteBody, InvalidBody, UpsertBody, UpsertList},
    event::handle,
    operation::Operation,
};

/// What invokes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An HTTP API, payload format 2.0.
    HttpApi,
    /// A REST API, payload format 1.0.
    RestApi,
    /// A batch of SQS messages.
    Queue,
    /// An event of EventBridge.
    Bus,
    /// A direct invoke.
    Direct,
}

impl Trigger {
    /// Reads an event. `None` if it isn't JSON, which Lambda refuses, or comes from another trigger.
    #[must_use]
    pub fn read(self, event: &[u8]) -> Option<Event> {
        let event: Event = serde_json::from_slice(event).ok()?;
        let is_from_this = match self {
            Self::HttpApi => {
                matches!(&event, Event::Http { request, .. } if matches!(**request, LambdaRequest::ApiGatewayV2(_)))
            }
            Self::RestApi => {
                matches!(&event, Event::Http { request, .. } if matches!(**request, LambdaRequest::ApiGatewayV1(_)))
            }
            Self::Queue => matches!(event, Event::Sqs(_)),
            Self::Bus => matches!(event, Event::EventBridge(_)),
            Self::Direct => matches!(event, Event::Direct(_)),
        };
        is_from_this.then_some(event)
    }
}

/// The right that an operation needs, as error messages name it.
#[must_use]
pub fn right(operation: Operation) -> &'static str {
    match operation {
        Operation::Upsert => "upsert",
        Operation::Delete => "delete",
    }
}
