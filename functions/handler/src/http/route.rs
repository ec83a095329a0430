//! The routes of the API. API Gateway has already routed a request; this rejects requests that fit no route, which API
//! Gateway passes to a function too, and requests for the other function.

use contacts_core::domain::Right;
use lambda_http::{Request, RequestExt, http::Method, request::RequestContext};

use crate::error::OperationError;

/// Path, method and required right of each route (docs/api.md).
const ROUTES: [(&str, Method, Right); 3] = [
    ("/contacts", Method::POST, Right::Upsert),
    ("/contacts", Method::DELETE, Right::Delete),
    ("/contacts/delete", Method::POST, Right::Delete),
];

/// Checks that a request belongs to the function whose operation requires this right.
pub(super) fn check(request: &Request, right: Right) -> Result<(), OperationError> {
    let path = path(request);
    let methods = ROUTES.iter().filter(|(of, ..)| *of == path);
    if methods.clone().any(|(_, method, of)| method == request.method() && *of == right) {
        return Ok(());
    }
    let allowed: Vec<_> = methods.map(|(_, method, _)| method.as_str()).collect();
    if allowed.is_empty() {
        Err(OperationError::NoSuchRoute)
    } else {
        Err(OperationError::NoSuchMethod { allowed: allowed.join(", ") })
    }
}

/// The path of the API's route: without the stage and the base path of a custom domain.
fn path(request: &Request) -> &str {
    let routed = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.route_key.as_deref().and_then(|key| key.split_once(' ')).map(|(_, path)| path)
        }
        Some(RequestContext::ApiGatewayV1(context)) => {
            context.resource_path.as_deref().filter(|path| !path.contains('{'))
        }
        _ => None,
    };
    routed.unwrap_or_else(|| request.raw_http_path())
}
