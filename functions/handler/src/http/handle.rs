//! A request, from route to response.

use std::convert::Infallible;

use contacts_core::{context::OperationId, store::Store};
use lambda_http::{Body, Request, RequestExt, Response};

use super::{idempotency_key, response::HttpResponse, route, token};
use crate::{
    operation::Operation,
    pipeline::{Caller, OperationRun, Summary, deadline_of},
    telemetry::{Source, Trigger},
};

/// Handles a request to the function of an operation.
pub(crate) async fn handle(
    store: &Store,
    operation: Operation,
    request: Request,
) -> Result<Response<Body>, Infallible> {
    let context = request.lambda_context();
    let source = Source { trigger: Trigger::Http, operation, context: &context, message_id: None };
    let id = OperationId::new(&context.request_id);
    let mut run = OperationRun::start(store, source, id, deadline_of(&context));
    let result = match route::check(&request, operation.right()) {
        Ok(()) => {
            let (token, key) = (token::bearer_token(&request), idempotency_key::of_request(&request));
            run.run(Caller::Token { token, key }, request.body()).await
        }
        Err(error) => Err(error),
    };
    let response = HttpResponse::from(&result);
    run.finish(Summary { status: Some(response.status.as_u16()), ..Summary::from(&result) });
    Ok(response.build(&context.request_id))
}
