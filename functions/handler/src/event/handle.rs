//! The entry point of both functions.

use contacts_core::store::Store;
use lambda_http::{Adapter, LambdaEvent, Request, RequestExt, Service, service_fn};
use serde::Serialize;

use super::{answer::Answer, classify::Event, direct, eventbridge, function_error::FunctionError, sqs};
use crate::{http, operation::Operation};

/// Handles an event of the function of an operation.
///
/// # Errors
/// Returns a function error for direct invokes and EventBridge's events that were not processed as a whole, and for events
/// of unknown kind. Errors of HTTP requests and SQS messages are part of the answer.
pub async fn handle(
    store: &Store,
    operation: Operation,
    event: LambdaEvent<Event>,
) -> Result<Answer<impl Serialize>, FunctionError> {
    let LambdaEvent { payload, context } = event;
    match payload {
        Event::Http { request, path } => {
            let handle =
                |request: Request| http::handle(store, operation, request.with_raw_http_path(path.as_str()));
            match Adapter::from(service_fn(handle)).call(LambdaEvent::new(*request, context)).await {
                Ok(response) => Ok(Answer::Http(response)),
                Err(never) => match never {},
            }
        }
        Event::Sqs(batch) => Ok(Answer::Sqs(sqs::process_batch(store, operation, batch, &context).await)),
        Event::EventBridge(event) => {
            eventbridge::handle(store, operation, &event, &context).await.map(|()| Answer::EventBridge)
        }
        Event::Direct(body) => direct::handle(store, operation, &body, &context).await.map(Answer::Direct),
        Event::Unknown => Err(FunctionError::new(
            "unknown event",
            "the event must be one of API Gateway, SQS or EventBridge, or a request's body",
        )),
    }
}
