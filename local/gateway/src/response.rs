//! The answers to requests: those of functions, and those of API Gateway itself.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use runtime_api::{Bytes, http::HttpAnswer};
use serde_json::json;

use crate::function::InvokeError;

/// The header with API Gateway's id of a request. Here it is the invocation's id too.
const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// Builds the answer from the result of an invocation.
pub(crate) fn of_function(result: Result<Bytes, InvokeError>) -> Response {
    let answer = match result {
        Ok(response) => serde_json::from_slice(&response).ok().and_then(build),
        Err(InvokeError::Busy) => Some(of_gateway(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")),
        Err(InvokeError::Function(_)) => None,
    };
    answer.unwrap_or_else(|| of_gateway(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
}

/// Builds an answer of API Gateway itself.
pub(crate) fn of_gateway(status: StatusCode, message: &str) -> Response {
    let content_type = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [content_type], json!({ "message": message }).to_string()).into_response()
}

/// Adds the header that all answers of API Gateway have.
pub(crate) fn with_request_id(mut response: Response, request_id: &str) -> Response {
    let id = HeaderValue::try_from(request_id).expect("a UUID is a valid header");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Returns `None` if the function's status or headers aren't those of HTTP.
fn build(HttpAnswer { status_code, headers, body }: HttpAnswer) -> Option<Response> {
    let mut response = (StatusCode::from_u16(status_code).ok()?, body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    Some(response)
}
