//! A gateway for one test, and connections to it.

use std::{
    fmt::Write,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use gateway::{FunctionConfig, Gateway};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// The function's time limit.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(2);

/// A gateway in front of `sample-function`, which answers every route.
pub(crate) struct TestGateway {
    pub(crate) gateway: Gateway,
    pub(crate) client: reqwest::Client,
    reports: Arc<Mutex<String>>,
}

impl TestGateway {
    /// Starts one with this maximum of execution environments.
    pub(crate) async fn start(max_environments: usize) -> Self {
        Self::of_program(env!("CARGO_BIN_EXE_sample-function"), max_environments).await
    }

    /// Starts one with this program as its function.
    pub(crate) async fn of_program(program: &'static str, max_environments: usize) -> Self {
        let reports = Arc::new(Mutex::new(String::new()));
        let lines = Arc::clone(&reports);
        let function = FunctionConfig {
            name: "sample".to_owned(),
            route_keys: vec!["GET /known".to_owned(), "$default".to_owned()],
            time_limit: TIME_LIMIT,
            max_environments,
            launch: Box::new(|runtime_api| Ok(runtime_api.command(program.as_ref()))),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let reporter = Arc::new(move |report: &gateway::Report| {
            writeln!(lines.lock().expect("no test panics with the lock"), "{report}")
                .expect("a string takes all text");
        });
        let gateway = Gateway::start(listener, vec![function], reporter).expect("the gateway starts");
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { gateway, client, reports }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway.address())
    }

    /// Returns the lines that the gateway has reported.
    pub(crate) fn reports(&self) -> String {
        self.reports.lock().expect("no test panics with the lock").clone()
    }

    /// Sends a GET, and returns status and body.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self.client.get(self.url(path)).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body of text"))
    }

    /// Sends a request to a path at which the function returns its event, and returns the event.
    pub(crate) async fn event_of(&self, request: reqwest::RequestBuilder) -> Value {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        let body = response.bytes().await.expect("a body");
        let mut received: Value = serde_json::from_slice(&body).expect("JSON");
        received["event"].take()
    }

    /// Opens a connection, and writes these bytes.
    pub(crate) async fn connect(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.gateway.address()).await.expect("it listens");
        stream.write_all(bytes).await.expect("it reads");
        stream
    }
}

/// Reads until the server closes the connection, and returns what it has sent.
pub(crate) async fn read_to_end(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read: Result<io::Result<_>, _> =
        timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    // A reset connection is closed too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8(bytes).expect("text")
}
