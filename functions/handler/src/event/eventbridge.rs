//! Events of EventBridge: `UpsertContacts` and `DeleteAccountContacts`, with a body as `detail`. Lambda invokes the function
//! asynchronously: it retries after an error, and then sends the event to the function's dead-letter queue. So an event
//! that was not processed as a whole must be an error.

use contacts_core::{domain::IdempotencyKey, store::Store};
use lambda_http::Context;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::function_error::FunctionError;
use crate::{
    operation::Operation,
    pipeline::{deadline_of, run_and_report},
    telemetry::{Source, Trigger},
};

/// The fields of an event that the functions use.
#[derive(Deserialize)]
pub struct EventBridgeEvent {
    /// The event's id, the same in each delivery.
    id: String,
    /// Every event has a source; something without one is none.
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Box<RawValue>,
}

/// The detail type of an operation.
fn detail_type(operation: Operation) -> &'static str {
    match operation {
        Operation::Upsert => "UpsertContacts",
        Operation::Delete => "DeleteAccountContacts",
    }
}

/// Processes an event as a whole, or fails.
pub(super) async fn handle(
    store: &Store,
    operation: Operation,
    event: &EventBridgeEvent,
    context: &Context,
) -> Result<(), FunctionError> {
    if event.detail_type != detail_type(operation) {
        let message = format!("the event's detail-type must be {}", detail_type(operation));
        return Err(FunctionError::new("unknown event", message));
    }
    let message_id = Some(event.id.as_str());
    let source = Source { trigger: Trigger::EventBridge, operation, context, message_id };
    let body = event.detail.get().as_bytes();
    let key = Some(IdempotencyKey::of_event(&event.id));
    let result = run_and_report(store, source, deadline_of(context), key, body).await?;
    match result.incomplete_reason() {
        None => Ok(()),
        Some(reason) => Err(FunctionError::new(
            reason,
            "a direct invoke with the event's detail as its payload tells which contacts, and why",
        )),
    }
}
