//! The contract's routes. API Gateway has routed a request before it comes here; this answers those that
//! only came because no route fits them, and keeps each function to its own routes wherever else it is
//! put behind a URL.

use lambda_http::{Request, RequestExt, http::Method, request::RequestContext};

use super::answer::ApiError;
use crate::domain::Right;

/// Where the contract has which methods, and which right they take.
const ROUTES: [(&str, Method, Right); 3] = [
    ("/contacts", Method::POST, Right::Upsert),
    ("/contacts", Method::DELETE, Right::Delete),
    ("/contacts/delete", Method::POST, Right::Delete),
];

/// Whether a request belongs to the function that takes this right.
pub(super) fn check(request: &Request, right: Right) -> Result<(), ApiError> {
    let path = path(request);
    let methods = ROUTES.iter().filter(|(of, ..)| *of == path);
    if methods.clone().any(|(_, method, of)| method == request.method() && *of == right) {
        return Ok(());
    }
    let allowed: Vec<_> = methods.map(|(_, method, _)| method.as_str()).collect();
    if allowed.is_empty() {
        Err(ApiError::NoSuchRoute)
    } else {
        Err(ApiError::NoSuchMethod { allowed: allowed.join(", ") })
    }
}

/// The path as the API's routes have it: without a stage, and without what a custom domain maps.
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
