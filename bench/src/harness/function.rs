//! The process of a Lambda function.

use std::time::Instant;

use runtime_api::{RuntimeApi, Waiting};
use tokio::process::{Child, Command};

use super::{process_stats::Process, program::Program};
use crate::error::Result;

/// A running function, with the environment that Lambda would give it.
pub(crate) struct Function {
    /// When its process was started.
    pub(crate) started: Instant,
    pub(crate) process: Process,
    child: Child,
}

impl Function {
    /// Starts a function and waits for its first request for an event.
    pub(crate) async fn start(program: Program, runtime_api: &mut RuntimeApi) -> Result<(Self, Waiting)> {
        let function = Self::spawn(&mut program.launch()?.command(runtime_api))?;
        let waiting = runtime_api.asked().await?;
        Ok((function, waiting))
    }

    /// Starts a function by its command.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let started = Instant::now();
        let child = command.spawn()?;
        let process = Process::with_id(child.id().expect("nothing has waited for the child yet"));
        Ok(Self { started, process, child })
    }

    /// Kills the process and waits until it has ended.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
