//! A process of a function, and the Runtime API that it polls.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::LazyLock,
    time::{Duration, Instant},
};

use fixture::{BuildError, build_functions};
use runtime_api::{Bytes, Invocation, InvocationError, RuntimeApi, Waiting};
use tokio::{process::Child, sync::oneshot, time::timeout};

use super::stderr::StderrCapture;
use crate::HarnessError;

/// One of the two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Upsert,
    Delete,
}

/// The folder of both functions' debug builds, which are brought up to date first.
static FUNCTIONS: LazyLock<Result<PathBuf, BuildError>> = LazyLock::new(build_functions);

impl FunctionKind {
    fn binary(self) -> Result<PathBuf, HarnessError> {
        let name = match self {
            Self::Upsert => "upsert-contacts",
            Self::Delete => "delete-contacts",
        };
        Ok(FUNCTIONS.as_ref()?.join(name))
    }
}

/// A process that waits for its next event.
pub(crate) struct FunctionProcess {
    /// The number by which the proxy knows its calls.
    pub(crate) number: u64,
    /// The function that it runs.
    pub(crate) kind: FunctionKind,
    api: RuntimeApi,
    waiting: Waiting,
    child: Child,
    stderr: StderrCapture,
}

/// The response of a function, or the body of its function error.
pub(crate) type FunctionResult = Result<Bytes, String>;

/// How an invocation ended.
pub(crate) enum InvocationEnd {
    /// The function responded in time, and waits for its next event.
    Responded(FunctionResult, Box<FunctionProcess>),
    /// The process was killed.
    Killed,
    /// The function misbehaved.
    Failed(String),
}

impl FunctionProcess {
    /// Starts a process and waits until it polls for an event. Its store is at `store_url`.
    pub(super) async fn start(
        number: u64,
        kind: FunctionKind,
        store_url: &str,
    ) -> Result<Self, HarnessError> {
        let mut api = RuntimeApi::serve().await?;
        let mut child = api
            .command(&kind.binary()?)
            .envs(fixture::function_environment(store_url))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = StderrCapture::new(child.stderr.take().expect("standard error is piped"));
        let waiting = api.asked().await?;
        Ok(Self { number, kind, api, waiting, child, stderr })
    }

    /// Hands an event to the function, and waits for its response or for `kill`.
    pub(crate) async fn invoke(
        mut self,
        invocation: Invocation,
        kill: oneshot::Receiver<()>,
    ) -> InvocationEnd {
        let limit = invocation.time_limit;
        let response = async {
            let start = Instant::now();
            let outcome = match self.api.answer(self.waiting, invocation).await {
                Ok(answer) => Ok(answer.body),
                Err(InvocationError::Failed(body)) => Err(body),
                Err(error) => return Err(error),
            };
            let duration = start.elapsed();
            Ok((outcome, duration, self.api.asked().await?))
        };
        let response = timeout(limit + Duration::from_secs(1), response);
        let failure = tokio::select! {
            biased;
            Ok(()) = kill => {
                return match self.child.kill().await {
                    Err(error) => InvocationEnd::Failed(format!("a function can't be killed: {error}")),
                    Ok(()) => match self.stderr.into_text().await {
                        None => InvocationEnd::Killed,
                        Some(text) => InvocationEnd::Failed(wrote_to_stderr(&text)),
                    },
                };
            }
            status = self.child.wait() => format!("a function ended by itself: {status:?}"),
            response = response => match response {
                Ok(Ok((outcome, duration, waiting))) if duration <= limit => {
                    self.waiting = waiting;
                    return match self.stderr.text() {
                        None => InvocationEnd::Responded(outcome, Box::new(self)),
                        Some(text) => InvocationEnd::Failed(wrote_to_stderr(&text)),
                    };
                }
                Ok(Err(error)) => error.to_string(),
                Ok(Ok(_)) | Err(_) => format!("a request exceeded its time limit of {limit:?}"),
            }
        };
        InvocationEnd::Failed(match self.stderr.text() {
            None => failure,
            Some(text) => format!("{failure}; {}", wrote_to_stderr(&text)),
        })
    }
}

fn wrote_to_stderr(text: &str) -> String {
    format!("a function wrote to its standard error: {text}")
}
