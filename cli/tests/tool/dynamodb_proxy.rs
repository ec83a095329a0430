//! A proxy between the tool and DynamoDB that injects faults into some requests.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response},
};
use tokio::net::TcpListener;

use crate::harness::Tool;

/// A fault that is injected into a request, which is not forwarded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// DynamoDB denies the access.
    AccessDenied,
    /// There is no response.
    Silence,
}

type Plan = Arc<dyn Fn(&str, &str) -> Option<Fault> + Send + Sync>;

/// Starts a proxy in front of the tool's DynamoDB, and returns its URL. `plan` returns the fault of a request, given its
/// operation, such as `DeleteItem`, and its body.
pub(crate) async fn start_proxy(
    tool: &Tool,
    plan: impl Fn(&str, &str) -> Option<Fault> + Send + Sync + 'static,
) -> String {
    let plan: Plan = Arc::new(plan);
    let router = Router::new().fallback(handle).with_state((tool.url.clone(), plan));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn handle(
    State((url, plan)): State<(String, Plan)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (_, operation) = headers["x-amz-target"].to_str().unwrap().split_once('.').unwrap();
    match plan(operation, str::from_utf8(&body).unwrap()) {
        Some(Fault::AccessDenied) => {
            let error = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#AccessDeniedException\"}";
            Response::builder().status(400).body(error.into()).unwrap()
        }
        Some(Fault::Silence) => std::future::pending().await,
        None => forward(&url, &headers, body).await,
    }
}

async fn forward(url: &str, headers: &HeaderMap, body: Bytes) -> Response<Body> {
    let mut request = reqwest::Client::new().post(url).body(body);
    for name in ["authorization", "content-type", "x-amz-date", "x-amz-target"] {
        request = request.header(name, headers[name].to_str().unwrap());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    Response::builder().status(status).body(response.bytes().await.unwrap().into()).unwrap()
}
