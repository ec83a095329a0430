//! An execution environment: a process of a function, and the Runtime API that it polls.

use std::{io, process::ExitStatus};

use runtime_api::{Bytes, Invocation, InvocationError, RuntimeApi, Waiting};
use tokio::{process::Child, time::timeout};

use crate::config::Launch;

/// A process and its Runtime API. The process is dropped, and so killed, first: a function that outlives its Runtime API
/// reports an error.
pub(crate) struct Process {
    child: Child,
    runtime_api: RuntimeApi,
    /// The generation of the program that it runs.
    pub(crate) generation: u64,
}

/// A process that waits for an event.
pub(crate) struct Environment {
    pub(crate) process: Process,
    waiting: Waiting,
}

/// How an invocation ended.
pub(crate) enum InvocationEnd {
    /// The function responded.
    Response(Bytes, Process),
    /// The function posted an error: its JSON.
    Error(String, Process),
    /// The process ended before it received the event.
    NotDelivered,
    /// The process ended by itself, or was killed because it exceeded the time limit.
    Failed(EnvironmentError),
}

/// Why a process can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentError {
    #[error("the function can't be run: {0}")]
    Process(#[from] io::Error),
    /// The function reported an error, or nothing, in place of its first request for an event.
    #[error("the function didn't start: {0}")]
    Init(#[source] InvocationError),
    #[error("Runtime exited with {0}")]
    Exited(ExitStatus),
    #[error("Task timed out after {0:.2} seconds")]
    TimedOut(f64),
    #[error("the Runtime API failed: {0}")]
    RuntimeApi(#[source] InvocationError),
}

impl EnvironmentError {
    /// Returns the `errorType` of Lambda.
    pub(crate) fn error_type(&self) -> &'static str {
        match self {
            Self::Process(_) | Self::Init(_) => "Runtime.InitError",
            Self::Exited(_) => "Runtime.ExitError",
            Self::TimedOut(_) => "Sandbox.Timedout",
            Self::RuntimeApi(_) => "Runtime.Unknown",
        }
    }
}

impl Environment {
    /// Starts a process, and waits until it asks for its first event.
    pub(crate) async fn start(launch: &Launch, generation: u64) -> Result<Self, EnvironmentError> {
        let mut runtime_api = RuntimeApi::serve().await.map_err(EnvironmentError::Init)?;
        let mut child = launch(&runtime_api)?.spawn()?;
        let waiting = tokio::select! {
            // A function that reports an error may end at once. Its error says more than its exit status.
            biased;
            waiting = runtime_api.asked() => waiting.map_err(EnvironmentError::Init)?,
            status = child.wait() => return Err(EnvironmentError::Exited(status?)),
        };
        Ok(Self { process: Process { child, runtime_api, generation }, waiting })
    }

    /// Whether the process still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.process.child.try_wait(), Ok(None))
    }

    /// Sends an event, and waits for the response. Kills the process if the invocation exceeds its time limit.
    pub(crate) async fn invoke(self, invocation: Invocation) -> InvocationEnd {
        let Self { mut process, waiting } = self;
        let time_limit = invocation.time_limit;
        let answer = tokio::select! {
            biased;
            answer = timeout(time_limit, process.runtime_api.answer(waiting, invocation)) => answer,
            status = process.child.wait() => {
                return InvocationEnd::Failed(status.map_or_else(EnvironmentError::Process, EnvironmentError::Exited));
            }
        };
        match answer {
            Ok(Ok(answer)) => InvocationEnd::Response(answer.body, process),
            Ok(Err(InvocationError::Failed(error))) => InvocationEnd::Error(error, process),
            Ok(Err(InvocationError::Gone)) => InvocationEnd::NotDelivered,
            Ok(Err(error)) => InvocationEnd::Failed(EnvironmentError::RuntimeApi(error)),
            Err(_) => InvocationEnd::Failed(EnvironmentError::TimedOut(time_limit.as_secs_f64())),
        }
    }
}

impl Process {
    /// Waits until the function asks for its next event. Returns `None` if it ends instead.
    pub(crate) async fn ready(mut self) -> Option<Environment> {
        let waiting = tokio::select! {
            waiting = self.runtime_api.asked() => waiting.ok()?,
            _ = self.child.wait() => return None,
        };
        Some(Environment { process: self, waiting })
    }
}
