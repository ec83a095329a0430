//! Lambda's Runtime API, the part of it that functions use: they ask for the next event, and post what
//! came of it. It tells when each request came in, and serves one function at a time.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::Failure;

/// How long an invocation may take: the functions' own time-out.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// How long to wait for a function that doesn't do its part.
const PATIENCE: Duration = Duration::from_mins(1);

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const FUNCTION: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");

/// The function's name, wherever the Runtime API has one.
pub(crate) const FUNCTION_NAME: &str = "benchmark";

/// A running server; it lives as long as the runtime.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    asked: mpsc::UnboundedReceiver<Waiting>,
    answered: mpsc::UnboundedReceiver<Answered>,
}

/// A function that has asked for its next event.
pub(crate) struct Waiting {
    /// When it asked.
    pub(crate) since: Instant,
    event: oneshot::Sender<Bytes>,
}

/// What came of an event.
pub(crate) struct Answer {
    /// When the event was sent off.
    pub(crate) begun: Instant,
    /// When the whole answer was there.
    pub(crate) ended: Instant,
    /// What API Gateway would get.
    pub(crate) body: Bytes,
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
    pub(crate) async fn serve() -> Result<Self, Failure> {
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
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { address, asked, answered })
    }

    /// What a function finds in `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until a function asks for its next event.
    pub(crate) async fn asked(&mut self) -> Result<Waiting, Failure> {
        tokio::select! {
            asked = timeout(PATIENCE, self.asked.recv()) => {
                Ok(asked?.ok_or("the Runtime API has ended")?)
            }
            Some(answered) = self.answered.recv() => {
                Err(format!("a function failed to start: {:?}", answered.body).into())
            }
        }
    }

    /// Hands an event to a function that has asked for it, waits for what comes of it, and until the
    /// function asks for the next one.
    pub(crate) async fn invoke(
        &mut self,
        function: Waiting,
        event: Bytes,
    ) -> Result<(Answer, Waiting), Failure> {
        let begun = Instant::now();
        function.event.send(event).map_err(|_| "a function ended before its event came")?;
        let answered = timeout(PATIENCE, self.answered.recv()).await?.ok_or("the Runtime API has ended")?;
        let answer = Answer { begun, ended: answered.at, body: answered.body? };
        Ok((answer, self.asked().await?))
    }
}

async fn next(State(reports): State<Reports>) -> Response {
    let since = Instant::now();
    let (event, next) = oneshot::channel();
    // Whoever listened may have stopped, as the benchmark ends; then nobody waits for what is sent here.
    let _ = reports.asked.send(Waiting { since, event });
    let Ok(event) = next.await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let deadline = (SystemTime::now() + TIME_LIMIT).duration_since(UNIX_EPOCH).unwrap_or_default();
    let headers = [
        (REQUEST_ID, request_id()),
        (DEADLINE, deadline.as_millis().to_string()),
        (FUNCTION, format!("arn:aws:lambda:eu-central-1:123456789012:function:{FUNCTION_NAME}")),
    ];
    let mut response = event.into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An id that no other event of this benchmark has.
fn request_id() -> String {
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
