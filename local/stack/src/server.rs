//! The process that serves the functions: `cargo lambda watch` or `sam local start-api`, with its children.

use std::{
    process::{self, Stdio},
    time::Duration,
};

use fixture::without_cargo_environment;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::error::ErrorMessage;

/// The time that the process has to end after a signal.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

const READINESS_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Returns a command without the variables that `cargo run` sets for this program.
pub(crate) fn outside_cargo(program: &str) -> Command {
    without_cargo_environment(process::Command::new(program)).into()
}

/// A running server of the functions.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
}

impl Server {
    pub(crate) fn start(name: &'static str, mut command: Command) -> Result<Self, ErrorMessage> {
        // A process group of its own: `stop` signals all of its children, and Ctrl-C does not reach it.
        command.process_group(0).kill_on_drop(true).stdin(Stdio::null());
        let child = command.spawn().map_err(|error| {
            format!("{name} can't be run ({error}); `make run` and `make sam-local` install it")
        })?;
        Ok(Self { name, child })
    }

    /// Waits until both functions respond.
    pub(crate) async fn wait_until_ready(&mut self, url: &str) -> Result<(), ErrorMessage> {
        let client = reqwest::Client::new();
        for path in ["/contacts", "/contacts/delete"] {
            while !is_ready(&client, &format!("{url}{path}")).await {
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(format!("{} ended at once, with {status}", self.name));
                }
                sleep(READINESS_CHECK_INTERVAL).await;
            }
        }
        Ok(())
    }

    /// Waits until the server ends without having been stopped, and returns how it ended.
    pub(crate) async fn unexpected_end(&mut self) -> ErrorMessage {
        match self.child.wait().await {
            Ok(status) => format!("{} ended by itself, with {status}", self.name),
            Err(error) => format!("{} can't be waited for: {error}", self.name),
        }
    }

    /// Stops the server and its children: by SIGTERM, then by SIGKILL.
    pub(crate) async fn stop(mut self) {
        let Some(id) = self.child.id() else { return };
        let group = Pid::from_raw(i32::try_from(id).expect("Linux's process ids are positive i32s"));
        for signal in [Signal::SIGTERM, Signal::SIGKILL] {
            // An error means that the group has ended already.
            let _ = killpg(group, signal);
            if timeout(STOP_TIMEOUT, self.child.wait()).await.is_ok() {
                return;
            }
        }
    }
}

/// Whether a function responds. Without a token it responds 401, and does nothing else.
async fn is_ready(client: &reqwest::Client, url: &str) -> bool {
    client.post(url).send().await.is_ok_and(|response| response.status() == 401)
}
