//! A Lambda function's process, which sees what Lambda would show it.

use std::{env, path::PathBuf, process::Stdio, time::Instant};

use runtime_api::{RuntimeApi, Waiting};
use tokio::process::Child;

use crate::{Failure, processor_time::Process};

/// The function that does nothing.
pub(crate) const BARE: &str = "bare-function";
/// The function behind `POST /contacts`.
pub(crate) const UPSERT: &str = "upsert-contacts";
/// The function behind `POST /contacts/delete`.
pub(crate) const DELETE: &str = "delete-contacts";

/// The file of a function, which lies beside this program's.
pub(crate) fn file(name: &str) -> Result<PathBuf, Failure> {
    let file = env::current_exe()?.with_file_name(name);
    if file.is_file() {
        Ok(file)
    } else {
        Err(format!("{name} isn't beside contacts-bench; `cargo build --release -p {name}` makes it").into())
    }
}

/// A running function.
pub(crate) struct Function {
    /// When its process was started.
    pub(crate) begun: Instant,
    /// The process.
    pub(crate) process: Process,
    child: Child,
}

impl Function {
    /// Starts a function and waits until it asks for its first event.
    pub(crate) async fn start(name: &str, runtime_api: &mut RuntimeApi) -> Result<(Self, Waiting), Failure> {
        let mut command = runtime_api.command(&file(name)?);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let begun = Instant::now();
        let child = command.spawn()?;
        let process = Process::with_id(child.id().ok_or("a function ended at once")?);
        let function = Self { begun, process, child };
        let waiting = runtime_api.asked().await?;
        Ok((function, waiting))
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}
