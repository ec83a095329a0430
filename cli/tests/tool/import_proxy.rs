//! A proxy between the tool and the service that injects faults: it answers some requests itself, and drops
//! the responses to others after they took effect.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Response},
};
use contacts_tests::service_url;
use futures_util::stream;
use tokio::net::TcpListener;

/// A fault that is injected into a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The proxy responds with this status and body, and does not forward the request.
    Respond(u16, &'static str),
    /// The request takes effect, and its response breaks off.
    LoseResponse,
    /// There is no response.
    Silence,
}

/// A proxy in front of the service.
pub(crate) struct Proxy {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
}

type Plan = Arc<dyn Fn(usize, &str) -> Option<Fault> + Send + Sync>;

impl Proxy {
    /// Starts the proxy. `plan` returns the fault of a request, given its number from 0 and its body.
    pub(crate) async fn start(plan: impl Fn(usize, &str) -> Option<Fault> + Send + Sync + 'static) -> Self {
        let requests = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan: Plan = Arc::new(plan);
        let router = Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::disable())
            .with_state((Arc::clone(&requests), plan));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, requests }
    }

    /// Returns the number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn handle(
    State((requests, plan)): State<(Arc<AtomicUsize>, Plan)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let number = requests.fetch_add(1, Ordering::SeqCst);
    match plan(number, str::from_utf8(&body).unwrap()) {
        Some(Fault::Respond(status, body)) => {
            let response = Response::builder().status(status).header("retry-after", "1");
            response.body(body.into()).unwrap()
        }
        Some(Fault::LoseResponse) => {
            let response = forward(&headers, body).await;
            assert_eq!(response.status(), 200);
            let broken = stream::iter([Ok("{\"result\":["), Err(std::io::Error::other("lost"))]);
            Response::new(Body::from_stream(broken))
        }
        Some(Fault::Silence) => std::future::pending().await,
        None => {
            let response = forward(&headers, body).await;
            let status = response.status().as_u16();
            Response::builder().status(status).body(response.bytes().await.unwrap().into()).unwrap()
        }
    }
}

async fn forward(headers: &HeaderMap, body: Bytes) -> reqwest::Response {
    let mut request = reqwest::Client::new().post(format!("{}/contacts", service_url())).body(body);
    for name in ["authorization", "content-type"] {
        request = request.header(name, headers[name].to_str().unwrap());
    }
    request.send().await.unwrap()
}
