//! The process of `sam local start-api`, with its children.

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
    time::timeout,
};

use crate::error::ErrorMessage;

/// The time that the process has to end after a signal.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Returns a command without the variables that `cargo run` sets for this program.
pub(crate) fn outside_cargo(program: &str) -> Command {
    without_cargo_environment(process::Command::new(program)).into()
}

/// The running process.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Result<Self, ErrorMessage> {
        // A process group of its own: `stop` signals all of its children, and Ctrl-C does not reach it.
        command.process_group(0).kill_on_drop(true).stdin(Stdio::null());
        let child = command
            .spawn()
            .map_err(|error| format!("sam can't be run ({error}); `make sam-local` installs it"))?;
        Ok(Self { child })
    }

    /// Waits until the server ends without having been stopped, and returns how it ended.
    pub(crate) async fn unexpected_end(&mut self) -> ErrorMessage {
        match self.child.wait().await {
            Ok(status) => format!("`sam local start-api` ended by itself, with {status}"),
            Err(error) => format!("`sam local start-api` can't be waited for: {error}"),
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
