//! Events of EventBridge: `UpsertContacts` and `DeleteAccountContacts`, whose `detail` is a request's
//! body. Lambda invokes for them asynchronously: an error is tried again, and then ends in the function's
//! dead-letter queue, so an event that wasn't carried out as a whole must end in an error.

use lambda_http::Context;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{FunctionError, direct};
use crate::{
    operation::{Operation, TimeLimit},
    store::Store,
    telemetry::{Source, Trigger},
};

/// What of an event matters here.
#[derive(Deserialize)]
pub struct BusEvent {
    /// The same each time that the event is delivered.
    id: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Box<RawValue>,
}

/// The detail type that belongs to an operation.
fn detail_type(operation: Operation) -> &'static str {
    match operation {
        Operation::Upsert => "UpsertContacts",
        Operation::Delete => "DeleteAccountContacts",
    }
}

/// Carries out an event as a whole, or fails.
pub(super) async fn carry_out(
    store: &Store,
    operation: Operation,
    event: &BusEvent,
    context: &Context,
) -> Result<(), FunctionError> {
    if event.detail_type != detail_type(operation) {
        return Err(FunctionError {
            error_type: "unknown event".to_owned(),
            message: format!("the event's detail-type must be {}", detail_type(operation)),
        });
    }
    let limit = TimeLimit::of(context);
    let body = event.detail.get().as_bytes();
    let message_id = Some(event.id.as_str());
    let source = Source { trigger: Trigger::EventBridge, operation, context, message_id };
    let outcome = direct::reported(source, store, body, limit).await;
    if outcome.map_err(FunctionError::from)?.is_complete() {
        Ok(())
    } else {
        Err(FunctionError {
            error_type: "not all contacts went through".to_owned(),
            message: "a direct invoke with the event's detail as its payload tells which, and why".to_owned(),
        })
    }
}
