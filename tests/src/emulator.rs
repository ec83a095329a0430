//! Invocations of a function that do not come over HTTP, by two emulators of the Lambda service: the local gateway, which
//! the stack runs, and AWS's `aws-lambda-rie`.

use std::{
    fs::OpenOptions,
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fixture::{build_functions, function_environment};
use serde_json::Value;

use crate::stack::{Stack, make};

/// An emulator that accepts invocations of one function.
pub struct Emulator {
    url: String,
    process: Option<Child>,
}

impl Emulator {
    /// The stack's gateway.
    #[must_use]
    pub fn local_gateway(function: &str) -> Self {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", Stack::get().url());
        Self { url, process: None }
    }

    /// A new `aws-lambda-rie` that runs this function until the emulator is dropped.
    #[must_use]
    pub fn aws_lambda_rie(function: &str) -> Self {
        let stack = Stack::get();
        let log = OpenOptions::new().append(true).open(stack.log_file()).expect("the log is writable");
        let (port, runtime_port) = (free_port(), free_port());
        let process = Command::new(rie_path())
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime_port}")])
            .arg(build_functions().expect("the functions build").join(function))
            .envs(function_environment(stack.dynamodb_url()))
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "29")
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .expect("aws-lambda-rie starts");
        let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/function/invocations");
        Self { url, process: Some(process) }
    }

    /// Invokes the function with an event, and returns its response. That of a function error is an object
    /// with `errorType` and `errorMessage`.
    pub async fn invoke(&self, event: &Value) -> Value {
        serde_json::from_str(&self.invoke_raw(event.to_string()).await).expect("the response is JSON")
    }

    /// Invokes the function with a payload of any bytes, and returns its response.
    pub async fn invoke_raw(&self, payload: impl Into<Vec<u8>>) -> String {
        let payload = payload.into();
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        // A new emulator needs a moment until it listens.
        for _ in 0..100 {
            if let Ok(response) = client.post(&self.url).body(payload.clone()).send().await {
                return response.text().await.expect("the response is text");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no emulator listens at {}", self.url)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // Best effort: a process that has ended can't be killed.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Returns the path of `aws-lambda-rie`, which `make` installs with the SAM CLI.
fn rie_path() -> String {
    let output = make(&["lambda-rie"]).stderr(Stdio::inherit()).output().expect("make starts");
    assert!(output.status.success(), "`make lambda-rie` failed to install aws-lambda-rie");
    let output = String::from_utf8(output.stdout).expect("a path in UTF-8");
    output.lines().next_back().expect("a path on the last line").to_owned()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}
