//! The routes of the Runtime API: a function asks for its next event, and posts a response or an error.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::sync::{mpsc, oneshot};

use crate::invocation::{Invocation, Waiting};

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const TRACE: HeaderName = HeaderName::from_static("lambda-runtime-trace-id");
const FUNCTION_ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");

/// The function's name in its environment and its ARN.
pub(crate) const FUNCTION_NAME: &str = "function";

/// A function's response, or the body of its error.
pub(crate) struct Posted {
    /// When the whole request had arrived.
    pub(crate) at: Instant,
    pub(crate) body: Result<Bytes, String>,
}

/// The channels to the [`RuntimeApi`](crate::RuntimeApi). If it was dropped, sending fails, and the result is
/// ignored: the server is about to stop.
#[derive(Clone)]
pub(crate) struct Reports {
    pub(crate) waiting: mpsc::UnboundedSender<Waiting>,
    pub(crate) posted: mpsc::UnboundedSender<Posted>,
}

pub(crate) fn router(reports: Reports) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{request_id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(error))
        .layer(DefaultBodyLimit::disable())
        .with_state(reports)
}

async fn next(State(reports): State<Reports>) -> Response {
    let since = Instant::now();
    let (sender, receiver) = oneshot::channel();
    let _ = reports.waiting.send(Waiting { since, invocation: sender });
    match receiver.await {
        Ok(invocation) => event_response(invocation),
        // The `RuntimeApi` was dropped.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn event_response(invocation: Invocation) -> Response {
    let deadline = SystemTime::now() + invocation.time_limit;
    let deadline = deadline.duration_since(UNIX_EPOCH).expect("it is later than 1970");
    let arn = format!("arn:aws:lambda:eu-central-1:123456789012:function:{FUNCTION_NAME}");
    let request_id = HeaderValue::try_from(invocation.request_id).expect("a request id is a valid header");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (REQUEST_ID, request_id),
        (DEADLINE, HeaderValue::try_from(deadline.as_millis().to_string()).expect("digits are valid")),
        (FUNCTION_ARN, HeaderValue::try_from(arn).expect("an ARN is valid")),
    ];
    let mut response = (headers, invocation.event).into_response();
    if let Some(trace) = invocation.trace {
        let trace = HeaderValue::try_from(trace).expect("a trace header is visible ASCII");
        response.headers_mut().insert(TRACE, trace);
    }
    response
}

async fn response(State(reports): State<Reports>, body: Bytes) -> StatusCode {
    let _ = reports.posted.send(Posted { at: Instant::now(), body: Ok(body) });
    StatusCode::ACCEPTED
}

async fn error(State(reports): State<Reports>, body: Bytes) -> StatusCode {
    let body = Err(String::from_utf8_lossy(&body).into_owned());
    let _ = reports.posted.send(Posted { at: Instant::now(), body });
    StatusCode::ACCEPTED
}
