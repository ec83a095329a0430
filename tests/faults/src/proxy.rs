//! What the functions take for DynamoDB. It keeps every call until somebody says what becomes of it: an
//! answer, half an answer, or a connection that ends. Each function has a path of its own here, by which
//! its calls are told apart.

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

/// A call to the store that waits for its end.
pub(crate) struct HeldCall {
    /// The number of the function that made it.
    pub(crate) function: u64,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body.
    pub(crate) body: Bytes,
    /// Takes its end. If it is dropped, the connection ends.
    pub(crate) end: oneshot::Sender<End>,
}

/// How a call ends, as the function sees it.
pub(crate) enum End {
    /// With an answer.
    Whole(StatusCode, Bytes),
    /// With half an answer, and the end of the connection.
    Torn(StatusCode, Bytes),
    /// With the end of the connection.
    Cut,
}

type Listeners = Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<HeldCall>>>>;

/// A running proxy.
pub(crate) struct Proxy {
    address: SocketAddr,
    listeners: Listeners,
}

impl Proxy {
    /// Starts it on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let listeners = Listeners::default();
        let known = Arc::clone(&listeners);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&known)));
            }
        });
        Ok(Self { address, listeners })
    }

    /// Where the function of this number finds its store.
    pub(crate) fn url(&self, function: u64) -> String {
        format!("http://{}/{function}", self.address)
    }

    /// Has the calls of a function come here from now on.
    pub(crate) fn listen(&self, function: u64, calls: mpsc::UnboundedSender<HeldCall>) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).insert(function, calls);
    }

    /// Forgets a function.
    pub(crate) fn forget(&self, function: u64) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).remove(&function);
    }
}

async fn serve(stream: TcpStream, listeners: Listeners) {
    let service = service_fn(|request| hold(request, &listeners));
    // A connection ends with an error when the function is killed, and when it is cut from here.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<BoxBody<Bytes, io::Error>>;

/// An error is how hyper is told to end the connection.
async fn hold(request: Request<Incoming>, listeners: &Listeners) -> io::Result<Answer> {
    let cut = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let function = request.uri().path().trim_matches('/').parse().map_err(|_| cut())?;
    let headers = request.headers().clone();
    let body = request.into_body().collect().await.map_err(|_| cut())?.to_bytes();
    let (end, ended) = oneshot::channel();
    let listener = listeners.lock().unwrap_or_else(PoisonError::into_inner).get(&function).cloned();
    let held = HeldCall { function, headers, body, end };
    listener.ok_or_else(cut)?.send(held).map_err(|_| cut())?;
    match ended.await {
        Ok(End::Whole(status, body)) => {
            let body = Full::new(body).map_err(|never: Infallible| match never {});
            answer(status, body.boxed(), None)
        }
        Ok(End::Torn(status, body)) => {
            let half = body.slice(..body.len() / 2);
            let parts = stream::iter([Ok(Frame::data(half)), Err(cut())]);
            answer(status, BodyExt::boxed(StreamBody::new(parts)), Some(body.len()))
        }
        Ok(End::Cut) | Err(_) => Err(cut()),
    }
}

fn answer(status: StatusCode, body: BoxBody<Bytes, io::Error>, length: Option<usize>) -> io::Result<Answer> {
    let mut answer = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    if let Some(length) = length {
        answer = answer.header(CONTENT_LENGTH, length);
    }
    answer.body(body).map_err(io::Error::other)
}
