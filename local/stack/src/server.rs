//! The program that serves the functions, `cargo lambda watch` or `sam local start-api`, and whatever it
//! started.

use std::{
    env,
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

use crate::Sentence;

/// How long it gets to end by itself.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// A server of the functions.
pub(crate) struct Server {
    name: &'static str,
    child: Child,
}

impl Server {
    /// Starts it.
    pub(crate) fn start(name: &'static str, mut command: Command) -> Result<Self, Sentence> {
        // A group of its own, so that all it starts can be ended, and Ctrl-C reaches it only from here.
        command.process_group(0).kill_on_drop(true).stdin(Stdio::null());
        let child = command.spawn().map_err(|error| {
            format!("{name} can't be run ({error}); `make run` and `make sam-local` install it")
        })?;
        Ok(Self { name, child })
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
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(format!("{} ended at once, with {status}", self.name));
                }
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Waits for an end that nobody asked for.
    pub(crate) async fn wait(&mut self) -> Result<ExitCode, Sentence> {
        match self.child.wait().await {
            Ok(status) => Err(format!("{} ended by itself, with {status}", self.name)),
            Err(error) => Err(format!("{} was lost: {error}", self.name)),
        }
    }

    /// Ends it and all it started.
    pub(crate) async fn stop(mut self) {
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        for stop in [Signal::SIGTERM, Signal::SIGKILL] {
            // A group that is gone already can't be signalled, which is as well.
            let _ = group.map(|group| killpg(group, stop));
            if timeout(PATIENCE, self.child.wait()).await.is_ok() {
                return;
            }
        }
    }
}
