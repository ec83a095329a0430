//! An HTTP server in place of API Gateway and Lambda: it turns each request into an event, invokes an idle
//! execution environment with it, and returns the response.

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

use crate::{
    error::Result,
    harness::{function::Function, program::Program},
};

/// A running server with the execution environments of one program. Dropping it stops all of them.
pub(super) struct Gateway {
    pub(super) url: String,
    idle: Arc<IdleEnvironments>,
    server: JoinHandle<std::io::Result<()>>,
}

/// An execution environment that waits for an event. The fields are dropped in this order: a function that
/// outlived its Runtime API would report an error.
struct Environment {
    function: Function,
    waiting: Waiting,
    runtime_api: RuntimeApi,
}

/// The idle environments. There are as many permits.
struct IdleEnvironments {
    environments: Mutex<Vec<Environment>>,
    permits: Semaphore,
}

impl IdleEnvironments {
    fn new(environments: Vec<Environment>) -> Self {
        let permits = Semaphore::new(environments.len());
        Self { environments: Mutex::new(environments), permits }
    }

    /// Waits for an idle environment and takes it.
    async fn take(&self) -> Result<Environment> {
        self.permits.acquire().await?.forget();
        let environment = self.environments.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // The gateway was dropped, and with it the environments.
        Ok(environment.ok_or("no execution environment is left")?)
    }

    fn give_back(&self, environment: Environment) {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
        self.permits.add_permits(1);
    }

    fn clear(&self) {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Gateway {
    /// Starts this many execution environments of a program, then the server.
    pub(super) async fn serve(program: Program, environment_count: usize) -> Result<Self> {
        let mut environments = Vec::new();
        for _ in 0..environment_count {
            let mut runtime_api = RuntimeApi::serve().await?;
            let (function, waiting) = Function::start(program, &mut runtime_api).await?;
            environments.push(Environment { function, waiting, runtime_api });
        }
        let idle = Arc::new(IdleEnvironments::new(environments));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router =
            Router::new().fallback(handle).layer(DefaultBodyLimit::disable()).with_state(Arc::clone(&idle));
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { url, idle, server })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
        // Open connections hold on to `idle` for a while longer; the functions are to stop now.
        self.idle.clear();
    }
}

async fn handle(
    State(idle): State<Arc<IdleEnvironments>>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let event = http::post(uri.path(), authorization, &body);
    match invoke(idle, event).await {
        Ok(HttpAnswer { status_code, body, .. }) => {
            (StatusCode::from_u16(status_code).unwrap_or(StatusCode::BAD_GATEWAY), body).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn invoke(idle: Arc<IdleEnvironments>, event: runtime_api::Bytes) -> Result<HttpAnswer> {
    let Environment { function, waiting, mut runtime_api } = idle.take().await?;
    let response = runtime_api.answer(waiting, event).await?;
    // The response does not wait until the function asks for its next event.
    tokio::spawn(async move {
        if let Ok(waiting) = runtime_api.asked().await {
            idle.give_back(Environment { function, waiting, runtime_api });
        }
    });
    Ok(serde_json::from_slice(&response.body)?)
}
