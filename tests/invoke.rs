//! Invocations of a function, not by way of the API: as the Lambda service takes them, from `cargo lambda
//! watch` or from AWS's own emulator, `aws-lambda-rie`.

use std::{
    fs::OpenOptions,
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::environment::{self, variable};

/// A place that takes invocations of one function.
pub struct Emulator {
    url: String,
    process: Option<Child>,
}

impl Emulator {
    /// `cargo lambda watch`, which has all functions.
    #[must_use]
    pub fn watch(function: &str) -> Self {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", environment::url());
        Self { url, process: None }
    }

    /// A new `aws-lambda-rie` with this function in it.
    #[must_use]
    pub fn rie(function: &str) -> Self {
        let log = OpenOptions::new().append(true).open(variable("CONTACTS_LOG")).expect("the log");
        let (port, runtime_port) = (free_port(), free_port());
        let binary = format!("{}/../target/debug/{function}", env!("CARGO_MANIFEST_DIR"));
        let process = Command::new(variable("CONTACTS_LAMBDA_RIE"))
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime_port}")])
            .arg(binary)
            .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
            .env("AWS_ENDPOINT_URL_DYNAMODB", variable("CONTACTS_DYNAMODB_URL"))
            .env("AWS_REGION", "local")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "29")
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .expect("aws-lambda-rie runs");
        let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/function/invocations");
        Self { url, process: Some(process) }
    }

    /// Invokes the function with an event, and returns what it answers; of a function error, that is an
    /// object with `errorType` and `errorMessage`.
    pub async fn invoke(&self, event: &Value) -> Value {
        serde_json::from_str(&self.invoke_raw(event.to_string()).await).expect("an answer in JSON")
    }

    /// Invokes the function with a payload of any bytes, and returns what it answers.
    pub async fn invoke_raw(&self, payload: impl Into<Vec<u8>>) -> String {
        let payload = payload.into();
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        // An emulator that has just been started may not listen yet.
        for _ in 0..100 {
            if let Ok(answer) = client.post(&self.url).body(payload.clone()).send().await {
                return answer.text().await.expect("an answer of text");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody listens at {}", self.url)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended by itself; then there is nothing left to do.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
