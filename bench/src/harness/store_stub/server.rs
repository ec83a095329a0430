//! The stub's HTTP server, on two ports: without TLS and with it.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

use super::{
    answers::{Answer, Table},
    latency::wait_until,
    recording::Recording,
    settings::{Counts, Mode, Settings},
    throttle::Partitions,
    tls,
};
use crate::{error::Result, harness::request_bytes::request_len};

/// Path of the stub's own settings (`PUT`) and counts (`GET`). Calls have the path `/`.
pub(super) const CONTROL_PATH: &str = "/stub";

/// The URLs of a started stub.
pub(crate) struct Urls {
    pub(crate) plain: String,
    pub(crate) tls: String,
}

/// The stub, which every connection shares.
struct Stub {
    /// The URL of the embedded DynamoDB.
    dynamodb: String,
    client: reqwest::Client,
    state: Mutex<State>,
}

struct State {
    settings: Settings,
    rng: ChaCha8Rng,
    partitions: Partitions,
    recording: Recording,
    counts: Counts,
}

impl State {
    fn new(settings: Settings, recording: Recording) -> Self {
        Self {
            settings,
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            partitions: Partitions::new(settings.rates),
            recording,
            counts: Counts::default(),
        }
    }
}

/// Starts the stub in front of the embedded DynamoDB of this URL. It serves until the runtime ends.
pub(crate) async fn start(dynamodb: String, settings: Settings) -> Result<Urls> {
    let state = Mutex::new(State::new(settings, Recording::default()));
    let stub = Arc::new(Stub { dynamodb, client: reqwest::Client::new(), state });
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let with_tls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let urls = Urls {
        plain: format!("http://{}", plain.local_addr()?),
        tls: format!("https://{}", with_tls.local_addr()?),
    };
    let acceptor = tls::acceptor()?;
    let shared = Arc::clone(&stub);
    tokio::spawn(async move {
        while let Ok((stream, _)) = plain.accept().await {
            // Without it, the kernel holds the second part of an answer back until the first is acknowledged.
            let _ = stream.set_nodelay(true);
            tokio::spawn(serve(stream, Arc::clone(&shared)));
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = with_tls.accept().await {
            let _ = stream.set_nodelay(true);
            let (acceptor, stub) = (acceptor.clone(), Arc::clone(&stub));
            tokio::spawn(async move {
                // Fails if the function is stopped during the handshake.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, stub).await;
                }
            });
        }
    });
    Ok(urls)
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, stub: Arc<Stub>) {
    stub.state().counts.connections += 1;
    let service = service_fn(|request| stub.respond(request));
    // Fails if the function is stopped while it waits for an answer.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Stub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn respond(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let (status, answer) = match (&head.method, head.uri.path()) {
            (&Method::PUT, CONTROL_PATH) => {
                let settings = serde_json::from_slice(&body)?;
                let mut state = self.state();
                let recording = std::mem::take(&mut state.recording);
                *state = State::new(settings, recording);
                (StatusCode::OK, Value::Null)
            }
            (&Method::GET, CONTROL_PATH) => (StatusCode::OK, serde_json::to_value(self.state().counts)?),
            _ => self.call(&head.headers, body).await?,
        };
        let response =
            Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
        Ok(response.body(Full::new(answer.to_string().into()))?)
    }

    async fn call(&self, headers: &HeaderMap, body: Bytes) -> Result<Answer> {
        let arrived = Instant::now();
        let target = headers.get("x-amz-target").ok_or("a call has no X-Amz-Target")?.to_str()?;
        let operation = target.rsplit('.').next().unwrap_or_default();
        let mode = {
            let mut state = self.state();
            state.counts.calls += 1;
            let lengths = headers.iter().map(|(name, value)| (name.as_str().len(), value.len()));
            state.counts.request_bytes += u32::try_from(request_len(lengths, body.len()))?;
            state.settings.mode
        };
        match mode {
            Mode::Record => self.forward(headers, operation, body).await,
            Mode::Replay => {
                let (answer, latency) = self.replay(operation, &serde_json::from_slice(&body)?);
                wait_until(arrived + latency).await?;
                Ok(answer)
            }
        }
    }

    fn replay(&self, operation: &str, request: &Value) -> (Answer, std::time::Duration) {
        let mut state = self.state();
        let State { settings, rng, partitions, recording, counts } = &mut *state;
        let answer = Table { recording, partitions, counts }.answer(operation, request);
        (answer, settings.latency.draw(rng))
    }

    /// Has the embedded DynamoDB answer a call, and records the items that it returns.
    async fn forward(&self, headers: &HeaderMap, operation: &str, body: Bytes) -> Result<Answer> {
        let mut request = self.client.post(&self.dynamodb).body(body);
        for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let response = request.send().await?;
        let (status, answer) = (response.status(), response.json().await?);
        if operation == "BatchGetItem" {
            self.state().recording.keep(&answer);
        }
        Ok((status, answer))
    }
}
