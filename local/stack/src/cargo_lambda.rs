//! Both Lambda binaries behind `cargo lambda watch`: it is the Lambda service and API Gateway here, with
//! the routes of `[workspace.metadata.lambda.watch.router]`.

use std::{
    fs::{File, OpenOptions},
    process::Stdio,
};

use crate::{
    Sentence,
    server::{Server, outside_cargo},
    settings::{Mode, Settings},
};

/// How many instances each function has at most, so that requests meet at the table as they would on AWS.
const INSTANCES: &str = "4";

/// Builds both functions, in sight of whoever waits.
pub(crate) async fn build() -> Result<(), Sentence> {
    let status = outside_cargo("cargo")
        .args(["build", "--bin", "upsert-contacts", "--bin", "delete-contacts"])
        .status()
        .await
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    status.success().then_some(()).ok_or_else(|| "the functions don't build".to_owned())
}

/// Starts them. They come up with the first request.
pub(crate) fn start(settings: &Settings, dynamodb_url: &str) -> Result<Server, Sentence> {
    let mut watch = outside_cargo("cargo-lambda");
    watch
        .args(["lambda", "watch", "--invoke-address", "127.0.0.1"])
        .args(["--invoke-port", &settings.port.to_string(), "--concurrency", INSTANCES])
        .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
        .env("AWS_REGION", "local")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .envs(settings.xray.iter().map(|address| ("AWS_XRAY_DAEMON_ADDRESS", address)));
    if let Mode::Command(_) = settings.mode {
        let path = settings.log();
        // An empty file, to which others may write as well.
        let log = File::create(&path)
            .and_then(|_| OpenOptions::new().append(true).open(&path))
            .and_then(|log| Ok((log.try_clone()?, log)))
            .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
        // Somebody who reads along wants log lines; tests want what CloudWatch gets.
        watch.env("CONTACTS_METRICS_NAMESPACE", "local-stack");
        watch.arg("--ignore-changes").stdout(Stdio::from(log.0)).stderr(Stdio::from(log.1));
    }
    Server::start("cargo lambda watch", watch)
}
