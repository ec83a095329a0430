//! Lambda's Runtime API, the part of it that functions use: they ask for the next event, and post what
//! came of it. It tells when each request came in, and serves one function at a time, as each execution
//! environment of Lambda does. [`http`] has the events and answers of API Gateway.

pub mod http;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    process::Command,
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

pub use axum::body::Bytes;

/// How long an invocation may take: the functions' own time-out.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// How long to wait for a function that doesn't do its part.
const PATIENCE: Duration = Duration::from_mins(1);

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const FUNCTION: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");

/// The function's name, wherever the Runtime API has one.
const FUNCTION_NAME: &str = "function";

/// How much memory `template.yaml` gives a function, in megabytes.
const MEMORY: &str = "1769";

/// What keeps an invocation from coming to an answer.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// The server can't listen.
    #[error("the Runtime API can't listen: {0}")]
    Port(#[from] std::io::Error),
    /// The function takes many times longer than it may.
    #[error("a function does nothing")]
    Silent,
    /// There is no such function any more.
    #[error("a function ended before its event came")]
    Gone,
    /// The function posted an error, which says this.
    #[error("a function failed: {0}")]
    Failed(String),
}

/// A running server; it stops when this is dropped.
pub struct RuntimeApi {
    address: SocketAddr,
    server: JoinHandle<Result<(), std::io::Error>>,
    asked: mpsc::UnboundedReceiver<Waiting>,
    answered: mpsc::UnboundedReceiver<Answered>,
}

/// A function that has asked for its next event.
pub struct Waiting {
    /// When it asked.
    pub since: Instant,
    event: oneshot::Sender<Invocation>,
}

/// An event, with what a function is told beside it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event.
    pub event: Bytes,
    /// The invocation's id.
    pub request_id: String,
    /// How long it may take.
    pub time_limit: Duration,
}

impl From<Bytes> for Invocation {
    /// An invocation with an id that no other of this process has, and with the functions' own time-out.
    fn from(event: Bytes) -> Self {
        Self { event, request_id: unique_id(), time_limit: TIME_LIMIT }
    }
}

/// What came of an event.
pub struct Answer {
    /// When the event was sent off.
    pub begun: Instant,
    /// When the whole answer was there.
    pub ended: Instant,
    /// What API Gateway would get.
    pub body: Bytes,
}

/// What a function posted, and when all of it was there.
struct Answered {
    at: Instant,
    body: Result<Bytes, String>,
}

/// Where the handlers report to.
#[derive(Clone)]
struct Reports {
    asked: mpsc::UnboundedSender<Waiting>,
    answered: mpsc::UnboundedSender<Answered>,
}

impl RuntimeApi {
    /// Starts it on a free port.
    pub async fn serve() -> Result<Self, InvocationError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (ask, asked) = mpsc::unbounded_channel();
        let (answer, answered) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{request_id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(Reports { asked: ask, answered: answer });
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { address, server, asked, answered })
    }

    /// A command that starts the function of this file where it finds what Lambda would show it, and this
    /// Runtime API.
    #[must_use]
    pub fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(file);
        command
            .env("AWS_LAMBDA_RUNTIME_API", self.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", FUNCTION_NAME)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .kill_on_drop(true);
        command
    }

    /// Waits until a function asks for its next event.
    pub async fn asked(&mut self) -> Result<Waiting, InvocationError> {
        tokio::select! {
            asked = timeout(PATIENCE, self.asked.recv()) => {
                asked.map_err(|_| InvocationError::Silent)?.ok_or(InvocationError::Gone)
            }
            Some(answered) = self.answered.recv() => {
                Err(InvocationError::Failed(format!("it did not start: {:?}", answered.body)))
            }
        }
    }

    /// Hands an event to a function that has asked for it, waits for what comes of it, and until the
    /// function asks for the next one.
    pub async fn invoke(
        &mut self,
        function: Waiting,
        invocation: impl Into<Invocation>,
    ) -> Result<(Answer, Waiting), InvocationError> {
        let answer = self.answer(function, invocation).await?;
        Ok((answer, self.asked().await?))
    }

    /// Hands an event to a function that has asked for it, and waits for what comes of it.
    pub async fn answer(
        &mut self,
        function: Waiting,
        invocation: impl Into<Invocation>,
    ) -> Result<Answer, InvocationError> {
        let begun = Instant::now();
        function.event.send(invocation.into()).map_err(|_| InvocationError::Gone)?;
        let answered = timeout(PATIENCE, self.answered.recv()).await.map_err(|_| InvocationError::Silent)?;
        let answered = answered.ok_or(InvocationError::Gone)?;
        let body = answered.body.map_err(InvocationError::Failed)?;
        Ok(Answer { begun, ended: answered.at, body })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(reports): State<Reports>) -> Response {
    let since = Instant::now();
    let (event, next) = oneshot::channel();
    // Whoever listened may have stopped; then nobody waits for what is sent here.
    let _ = reports.asked.send(Waiting { since, event });
    let Ok(invocation) = next.await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let deadline = SystemTime::now() + invocation.time_limit;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let headers = [
        (REQUEST_ID, invocation.request_id),
        (DEADLINE, deadline.as_millis().to_string()),
        (FUNCTION, format!("arn:aws:lambda:eu-central-1:123456789012:function:{FUNCTION_NAME}")),
    ];
    let mut response = ([(CONTENT_TYPE, "application/json")], invocation.event).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn unique_id() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("00000000-0000-4000-8000-{:012x}", now.as_micros() & 0xffff_ffff_ffff)
}

async fn response(State(reports): State<Reports>, body: Bytes) -> StatusCode {
    // As above.
    let _ = reports.answered.send(Answered { at: Instant::now(), body: Ok(body) });
    StatusCode::ACCEPTED
}

async fn error(State(reports): State<Reports>, body: Bytes) -> StatusCode {
    let body = Err(String::from_utf8_lossy(&body).into_owned());
    // As above.
    let _ = reports.answered.send(Answered { at: Instant::now(), body });
    StatusCode::ACCEPTED
}
