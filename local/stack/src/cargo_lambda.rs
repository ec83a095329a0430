//! Both Lambda binaries behind `cargo lambda watch`. It takes the place of Lambda and API Gateway, with the
//! routes of `[workspace.metadata.lambda.watch.router]`.

use std::{
    fs::{File, OpenOptions},
    process::Stdio,
};

use fixture::function_environment;

use crate::{
    error::ErrorMessage,
    server::{Server, outside_cargo},
    settings::{Mode, Settings},
};

/// The greatest number of instances of each function: several, so that requests are concurrent at the table,
/// as they are on AWS.
const MAX_INSTANCES: &str = "4";

/// Builds both functions, with the compiler's output on the terminal.
pub(crate) async fn build() -> Result<(), ErrorMessage> {
    let status = outside_cargo("cargo")
        .args(["build", "--bin", "upsert-contacts", "--bin", "delete-contacts"])
        .status()
        .await
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    if status.success() { Ok(()) } else { Err("the functions don't build".to_owned()) }
}

/// Starts the server. It starts each function at its first request.
pub(crate) fn start(settings: &Settings, dynamodb_url: &str) -> Result<Server, ErrorMessage> {
    let mut watch = outside_cargo("cargo-lambda");
    watch
        .args(["lambda", "watch", "--invoke-address", "127.0.0.1"])
        .args(["--invoke-port", &settings.port.to_string(), "--concurrency", MAX_INSTANCES])
        .envs(function_environment(dynamodb_url))
        .envs(settings.xray.iter().map(|address| ("AWS_XRAY_DAEMON_ADDRESS", address)));
    if let Mode::Command { .. } = settings.mode {
        let path = settings.log();
        // The file is emptied, then opened to append: the command may write to it as well.
        let (stdout, stderr) = File::create(&path)
            .and_then(|_| OpenOptions::new().append(true).open(&path))
            .and_then(|log| Ok((log.try_clone()?, log)))
            .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
        // Tests check the metrics that CloudWatch would get; on a terminal they would be noise.
        watch.env("CONTACTS_METRICS_NAMESPACE", "local-stack");
        watch.arg("--ignore-changes").stdout(Stdio::from(stdout)).stderr(Stdio::from(stderr));
    }
    Server::start("cargo lambda watch", watch)
}
