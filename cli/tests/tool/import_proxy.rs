//! What can happen between the tool and the service, done on purpose: a proxy before the service answers
//! some calls itself, and keeps answers of others to itself after the calls took effect.

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
use futures_util::stream;
use tokio::net::TcpListener;

use crate::import_runs::service_url;

/// What happens to a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It is answered with this status and body, and isn't passed on.
    Answer(u16, &'static str),
    /// It takes effect, and its answer breaks off.
    LoseAnswer,
    /// It is never answered.
    Silence,
}

/// A proxy before the service.
pub(crate) struct Proxy {
    pub(crate) url: String,
    calls: Arc<AtomicUsize>,
}

type Plan = Arc<dyn Fn(usize, &str) -> Option<Fault> + Send + Sync>;

impl Proxy {
    /// Starts it. The plan says what happens to a call, by its number from 0 and its body.
    pub(crate) async fn start(plan: impl Fn(usize, &str) -> Option<Fault> + Send + Sync + 'static) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan: Plan = Arc::new(plan);
        let router = Router::new()
            .fallback(pass_on)
            .layer(DefaultBodyLimit::disable())
            .with_state((Arc::clone(&calls), plan));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, calls }
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn pass_on(
    State((calls, plan)): State<(Arc<AtomicUsize>, Plan)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let number = calls.fetch_add(1, Ordering::SeqCst);
    match plan(number, str::from_utf8(&body).unwrap()) {
        Some(Fault::Answer(status, answer)) => {
            let response = Response::builder().status(status).header("retry-after", "1");
            response.body(answer.into()).unwrap()
        }
        Some(Fault::LoseAnswer) => {
            let answer = send(&headers, body).await;
            assert_eq!(answer.status(), 200);
            let broken = stream::iter([Ok("{\"result\":["), Err(std::io::Error::other("lost"))]);
            Response::new(Body::from_stream(broken))
        }
        Some(Fault::Silence) => std::future::pending().await,
        None => {
            let answer = send(&headers, body).await;
            let status = answer.status().as_u16();
            Response::builder().status(status).body(answer.bytes().await.unwrap().into()).unwrap()
        }
    }
}

async fn send(headers: &HeaderMap, body: Bytes) -> reqwest::Response {
    let mut request = reqwest::Client::new().post(format!("{}/contacts", service_url())).body(body);
    for name in ["authorization", "content-type"] {
        request = request.header(name, headers[name].to_str().unwrap());
    }
    request.send().await.unwrap()
}
