//! Requests of API Gateway, prepared for `lambda_http`, which panics on some that API Gateway passes on: invalid URLs,
//! invalid headers, and bodies that are not base64 although they are declared so.

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_http::{
    aws_lambda_events::{
        apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest},
        query_map::QueryMap,
    },
    http::header::{HOST, HeaderName, HeaderValue},
    request::LambdaRequest,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a request; `None` if it isn't one. Headers that are invalid in HTTP are dropped: API Gateway passes them on, and
/// the request could not be read, and so not answered, with them.
pub(super) fn read<R: DeserializeOwned>(text: &str) -> Option<R> {
    let is_header =
        |name: &str, value: &str| HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
    serde_json::from_str(text).ok().or_else(|| {
        let mut event: Value = serde_json::from_str(text).ok()?;
        if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
            headers.retain(|name, value| value.as_str().is_some_and(|value| is_header(name, value)));
        }
        if let Some(headers) = event.get_mut("multiValueHeaders").and_then(Value::as_object_mut) {
            headers.retain(|name, values| {
                let mut values = values.as_array().into_iter().flatten();
                values.all(|value| value.as_str().is_some_and(|value| is_header(name, value)))
            });
        }
        serde_json::from_value(event).ok()
    })
}

/// The request of an HTTP API and its path.
///
/// `lambda_http` would build a URL of host, path and query, and panic where they make none; API Gateway passes on any text.
/// The service doesn't need the URL, so these parts are removed and the path is returned separately.
pub(super) fn http_api(mut request: ApiGatewayV2httpRequest) -> (LambdaRequest, String) {
    request.body = decodable(request.body, request.is_base64_encoded);
    request.headers.remove(HOST);
    request.request_context.domain_name = None;
    request.request_context.stage = None;
    request.raw_query_string = None;
    let path = request.raw_path.take().unwrap_or_default();
    (LambdaRequest::ApiGatewayV2(request), path)
}

/// The request of a REST API and its path, likewise.
pub(super) fn rest_api(mut request: ApiGatewayProxyRequest) -> (LambdaRequest, String) {
    request.body = decodable(request.body, request.is_base64_encoded);
    request.headers.remove(HOST);
    request.request_context.domain_name = None;
    request.request_context.stage = None;
    request.query_string_parameters = QueryMap::default();
    request.multi_value_query_string_parameters = QueryMap::default();
    let path = request.path.take().unwrap_or_default();
    (LambdaRequest::ApiGatewayV1(request), path)
}

/// The body, unless it is declared base64 and isn't. API Gateway never sends such a body, but other callers of the function
/// can. Without a body, the request is answered like any invalid one.
fn decodable(body: Option<String>, is_base64_encoded: bool) -> Option<String> {
    body.filter(|body| !is_base64_encoded || BASE64_STANDARD.decode(body).is_ok())
}
