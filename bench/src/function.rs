//! A Lambda function's process, which sees what Lambda would show it.

use std::{process::Stdio, time::Instant};

use runtime_api::{RuntimeApi, Waiting};
use tokio::process::Child;

use crate::{Failure, processor_time::Process, program::Program};

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
    pub(crate) async fn start(
        program: Program,
        runtime_api: &mut RuntimeApi,
    ) -> Result<(Self, Waiting), Failure> {
        let start = program.start()?;
        let mut command = runtime_api.command(&start.file);
        command.args(start.arguments).current_dir(start.folder).stdin(Stdio::null()).stdout(Stdio::null());
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
