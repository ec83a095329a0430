//! Both Lambda binaries, behind `cargo lambda watch`: it is the Lambda service and API Gateway here, with
//! the routes of `[workspace.metadata.lambda.watch.router]`.

use std::{
    env,
    fs::{File, OpenOptions},
    process::{ExitCode, Stdio},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{Sentence, settings::Settings};

/// How many instances each function has at most, so that requests meet at the table as they would on AWS.
const INSTANCES: &str = "4";

/// How long the functions get to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// Builds both functions, in sight of whoever waits.
pub(crate) async fn build() -> Result<(), Sentence> {
    let status = outside_cargo("cargo")
        .args(["build", "--bin", "upsert-contacts", "--bin", "delete-contacts"])
        .status()
        .await
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    status.success().then_some(()).ok_or_else(|| "the functions don't build".to_owned())
}

/// A command that doesn't see what `cargo run` tells the program it runs. Build scripts look at some of
/// it, and would build everything once more.
pub(crate) fn outside_cargo(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// `cargo lambda watch` and whatever it started.
pub(crate) struct Functions {
    watch: Child,
}

impl Functions {
    /// Starts them. They come up with the first request.
    pub(crate) fn start(settings: &Settings, dynamodb_url: &str) -> Result<Self, Sentence> {
        let mut watch = outside_cargo("cargo-lambda");
        watch
            .args(["lambda", "watch", "--invoke-address", "127.0.0.1"])
            .args(["--invoke-port", &settings.port.to_string(), "--concurrency", INSTANCES])
            .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
            .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
            .env("AWS_REGION", "local")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            // A group of its own, so that all it starts can be ended, and Ctrl-C reaches it only from here.
            .process_group(0)
            .kill_on_drop(true);
        watch.envs(settings.xray.iter().map(|address| ("AWS_XRAY_DAEMON_ADDRESS", address)));
        // Somebody who reads along wants log lines; tests want what CloudWatch gets.
        watch.env("CONTACTS_METRICS", if settings.command.is_some() { "on" } else { "off" });
        if settings.command.is_some() {
            let path = settings.log();
            // An empty file, to which others may write as well.
            let log = File::create(&path)
                .and_then(|_| OpenOptions::new().append(true).open(&path))
                .and_then(|log| Ok((log.try_clone()?, log)))
                .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
            watch.arg("--ignore-changes").stdout(Stdio::from(log.0)).stderr(Stdio::from(log.1));
        }
        let watch = watch.spawn().map_err(|error| {
            format!("cargo-lambda can't be run ({error}); `make tools` installs it into .local/tools")
        })?;
        Ok(Self { watch })
    }

    /// Waits until both functions answer.
    pub(crate) async fn wait_until_ready(&mut self, url: &str) -> Result<(), Sentence> {
        let client = reqwest::Client::new();
        for path in ["/contacts", "/contacts/delete"] {
            // Without a token, a function says 401 and does nothing else.
            while client
                .post(format!("{url}{path}"))
                .send()
                .await
                .map_or(0, |answer| answer.status().as_u16())
                != 401
            {
                if let Ok(Some(status)) = self.watch.try_wait() {
                    return Err(format!("cargo lambda watch ended at once, with {status}"));
                }
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Waits for an end that nobody asked for.
    pub(crate) async fn wait(&mut self) -> Result<ExitCode, Sentence> {
        match self.watch.wait().await {
            Ok(status) => Err(format!("cargo lambda watch ended by itself, with {status}")),
            Err(error) => Err(format!("cargo lambda watch was lost: {error}")),
        }
    }

    /// Ends them all.
    pub(crate) async fn stop(mut self) {
        let group = self.watch.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        for stop in [Signal::SIGTERM, Signal::SIGKILL] {
            // A group that is gone already can't be signalled, which is as well.
            let _ = group.map(|group| killpg(group, stop));
            if timeout(PATIENCE, self.watch.wait()).await.is_ok() {
                return;
            }
        }
    }
}
