//! The gateway's two APIs: the HTTP API, which routes requests to functions, and Lambda's `Invoke`.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header::CONTENT_TYPE, request::Parts},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    function::{Function, InvokeError, MAX_PAYLOAD},
    report::{Report, Reporter},
    request::{self, BodyError, MAX_BODY},
    response,
};

/// The route of requests that match no other one.
const DEFAULT_ROUTE: &str = "$default";

/// The longest wait for a function's response ("Quotas for configuring and running an HTTP API").
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The header by which Lambda marks the response of an invocation that failed.
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

/// What both APIs serve.
pub(crate) struct Api {
    /// The functions by the keys of their routes.
    pub(crate) routes: HashMap<String, Arc<Function>>,
    pub(crate) functions: Vec<Arc<Function>>,
    pub(crate) reporter: Reporter,
}

impl Api {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/2015-03-31/functions/{function}/invocations", post(invoke))
            .fallback(handle)
            .with_state(Arc::new(self))
    }

    /// Returns the key of a request's route, and its function.
    fn route(&self, parts: &Parts) -> Option<(String, &Arc<Function>)> {
        let key = format!("{} {}", parts.method, parts.uri.path());
        let key = if self.routes.contains_key(&key) { key } else { DEFAULT_ROUTE.to_owned() };
        self.routes.get(&key).map(|function| (key, function))
    }

    async fn answer(&self, parts: &Parts, body: Body, source: SocketAddr, request_id: &str) -> Response {
        let body = match request::read_body(&parts.headers, body, MAX_BODY).await {
            Ok(body) => body,
            Err(error) => return refusal(error),
        };
        let Some((route_key, function)) = self.route(parts) else {
            return response::of_gateway(StatusCode::NOT_FOUND, "Not Found");
        };
        let event = request::event(&route_key, parts, &body, source.ip(), request_id);
        drop(body);
        if event.len() > MAX_PAYLOAD {
            return refusal(BodyError::TooLarge);
        }
        // The invocation goes on after this time-out, as Lambda's does.
        let result = timeout(INTEGRATION_TIMEOUT, function.invoke(event, request_id)).await;
        response::of_function(result.unwrap_or(Err(InvokeError::Busy)))
    }

    async fn invoke(&self, name: &str, headers: &HeaderMap, payload: Body, request_id: &str) -> Response {
        let Some(function) = self.functions.iter().find(|function| function.name() == name) else {
            let names: Vec<_> = self.functions.iter().map(|function| function.name()).collect();
            let message = format!("Function not found: {name}; there are {}", names.join(", "));
            return (StatusCode::NOT_FOUND, json!({"Type": "User", "Message": message}).to_string())
                .into_response();
        };
        let payload = match request::read_body(headers, payload, MAX_PAYLOAD).await {
            Ok(payload) => payload,
            Err(error) => return refusal(error),
        };
        let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match function.invoke(payload.into(), request_id).await {
            Ok(response) => ([json], response).into_response(),
            Err(InvokeError::Busy) => {
                let body = json!({"Type": "User", "Message": "Rate Exceeded."}).to_string();
                (StatusCode::TOO_MANY_REQUESTS, [json], body).into_response()
            }
            Err(InvokeError::Function(error)) => {
                ([json, (FUNCTION_ERROR, HeaderValue::from_static("Unhandled"))], error).into_response()
            }
        }
    }

    fn report(&self, parts: Parts, response: &Response, started: Instant, request_id: String) {
        (self.reporter)(&Report::Request {
            path: parts.uri.path().to_owned(),
            method: parts.method,
            status: response.status(),
            duration: started.elapsed(),
            request_id,
        });
    }
}

/// Builds the answer to a request with a body that can't be passed on.
fn refusal(error: BodyError) -> Response {
    match error {
        BodyError::TooLarge => {
            response::of_gateway(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
        }
        BodyError::Incomplete => response::of_gateway(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
    }
}

/// Answers a request of the HTTP API.
async fn handle(
    State(api): State<Arc<Api>>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let started = Instant::now();
    let request_id = Uuid::new_v4().to_string();
    let (parts, body) = request.into_parts();
    let response = api.answer(&parts, body, source, &request_id).await;
    let response = response::with_request_id(response, &request_id);
    api.report(parts, &response, started, request_id);
    response
}

/// Invokes a function with a payload, and returns its response, as Lambda's API does for synchronous invocations.
async fn invoke(State(api): State<Arc<Api>>, Path(name): Path<String>, request: Request<Body>) -> Response {
    let started = Instant::now();
    let request_id = Uuid::new_v4().to_string();
    let (parts, payload) = request.into_parts();
    let response = api.invoke(&name, &parts.headers, payload, &request_id).await;
    api.report(parts, &response, started, request_id);
    response
}
