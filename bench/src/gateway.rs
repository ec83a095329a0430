//! What stands before a function on AWS, as far as its callers notice: an HTTP server that makes an event of
//! each request, and hands it to an execution environment that has nothing else to do.

use std::{
    future::IntoFuture,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, Uri, header::AUTHORIZATION},
    response::{IntoResponse, Response},
};
use runtime_api::{
    RuntimeApi, Waiting,
    http::{self, HttpAnswer},
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

use crate::{Failure, function::Function, program::Program};

/// A running server with its function; both end when this is dropped.
pub(crate) struct Gateway {
    /// Where it listens.
    pub(crate) url: String,
    idle: Arc<Idle>,
    server: JoinHandle<Result<(), std::io::Error>>,
}

/// An execution environment that waits for an event. Its function ends first, so that it doesn't complain that
/// its Runtime API is gone.
struct Environment {
    function: Function,
    waiting: Waiting,
    runtime_api: RuntimeApi,
}

/// The environments that have nothing to do; there are as many permits.
struct Idle {
    environments: Mutex<Vec<Environment>>,
    count: Semaphore,
}

impl Gateway {
    /// Starts as many execution environments of a program, and the server before them.
    pub(crate) async fn serve(program: Program, environments: usize) -> Result<Self, Failure> {
        let mut idle = Vec::new();
        for _ in 0..environments {
            let mut runtime_api = RuntimeApi::serve().await?;
            let (function, waiting) = Function::start(program, &mut runtime_api).await?;
            idle.push(Environment { function, waiting, runtime_api });
        }
        let idle = Arc::new(Idle { environments: Mutex::new(idle), count: Semaphore::new(environments) });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router =
            Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(Arc::clone(&idle));
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { url, idle, server })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
        // Connections may outlive the server for a while; the functions don't.
        self.idle.environments.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn answer(State(idle): State<Arc<Idle>>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let event = http::post(uri.path(), authorization, &body);
    match invoke(idle, event).await {
        Ok(HttpAnswer { status_code, body, .. }) => {
            (StatusCode::from_u16(status_code).unwrap_or(StatusCode::BAD_GATEWAY), body).into_response()
        }
        Err(failure) => (StatusCode::BAD_GATEWAY, failure.to_string()).into_response(),
    }
}

async fn invoke(idle: Arc<Idle>, event: runtime_api::Bytes) -> Result<HttpAnswer, Failure> {
    let permit = idle.count.acquire().await?;
    let environment = idle.environments.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let Environment { function, waiting, mut runtime_api } = environment.ok_or("no execution environment")?;
    let answer = runtime_api.answer(waiting, event).await?;
    permit.forget();
    let returning = Arc::clone(&idle);
    // The caller needn't wait until the function asks for its next event.
    tokio::spawn(async move {
        if let Ok(waiting) = runtime_api.asked().await {
            let environment = Environment { function, waiting, runtime_api };
            returning.environments.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
            returning.count.add_permits(1);
        }
    });
    Ok(serde_json::from_slice(&answer.body)?)
}
