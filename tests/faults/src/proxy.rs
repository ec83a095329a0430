//! The HTTP server that the functions take for DynamoDB. It holds each call until a schedule decides how it
//! ends: with an answer, with half an answer, or with the end of the connection. Each process has a path of its
//! own here, which identifies its calls.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    header::CONTENT_LENGTH,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};

/// A call to the store that waits for its answer.
pub(crate) struct HeldCall {
    /// The number of the process that made it.
    pub(crate) process: u64,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) body: Bytes,
    /// Where its answer goes. Dropping this closes the connection.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What a function receives in answer to a call.
pub(crate) enum Answer {
    /// A complete HTTP response.
    Complete(StatusCode, Bytes),
    /// The first half of a response, then the end of the connection.
    Truncated(StatusCode, Bytes),
    /// The end of the connection.
    Disconnect,
}

type Subscribers = Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<HeldCall>>>>;

/// A running proxy.
pub(crate) struct Proxy {
    address: SocketAddr,
    subscribers: Subscribers,
}

impl Proxy {
    /// Starts it on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let subscribers = Subscribers::default();
        let shared = Arc::clone(&subscribers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, subscribers })
    }

    /// The URL of the store for the process of this number.
    pub(crate) fn url(&self, process: u64) -> String {
        format!("http://{}/{process}", self.address)
    }

    /// Sends the calls of a process to `calls` from now on.
    pub(crate) fn subscribe(&self, process: u64, calls: mpsc::UnboundedSender<HeldCall>) {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).insert(process, calls);
    }

    /// Refuses the calls of a process from now on.
    pub(crate) fn unsubscribe(&self, process: u64) {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).remove(&process);
    }
}

async fn serve(stream: TcpStream, subscribers: Subscribers) {
    let service = service_fn(|request| hold(request, &subscribers));
    // Fails whenever a process is killed or a connection is cut on purpose.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type HttpResponse = Response<BoxBody<Bytes, io::Error>>;

/// Holds a call until its answer is known. Returning an error makes hyper close the connection.
async fn hold(request: Request<Incoming>, subscribers: &Subscribers) -> io::Result<HttpResponse> {
    let process = request.uri().path().trim_matches('/').parse().map_err(|_| disconnected())?;
    let headers = request.headers().clone();
    let body = request.into_body().collect().await.map_err(|_| disconnected())?.to_bytes();
    let (answer, answered) = oneshot::channel();
    let subscriber = subscribers.lock().unwrap_or_else(PoisonError::into_inner).get(&process).cloned();
    let held = HeldCall { process, headers, body, answer };
    subscriber.ok_or_else(disconnected)?.send(held).map_err(|_| disconnected())?;
    match answered.await {
        Ok(Answer::Complete(status, body)) => {
            let body = Full::new(body).map_err(|never: Infallible| match never {});
            respond(status, body.boxed(), None)
        }
        Ok(Answer::Truncated(status, body)) => {
            let half = body.slice(..body.len() / 2);
            let parts = stream::iter([Ok(Frame::data(half)), Err(disconnected())]);
            respond(status, BodyExt::boxed(StreamBody::new(parts)), Some(body.len()))
        }
        Ok(Answer::Disconnect) | Err(_) => Err(disconnected()),
    }
}

fn disconnected() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

fn respond(
    status: StatusCode,
    body: BoxBody<Bytes, io::Error>,
    announced_len: Option<usize>,
) -> io::Result<HttpResponse> {
    let mut response =
        Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    if let Some(len) = announced_len {
        response = response.header(CONTENT_LENGTH, len);
    }
    response.body(body).map_err(io::Error::other)
}
