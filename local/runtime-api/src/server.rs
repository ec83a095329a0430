//! The server, and the commands that start functions on it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::{Duration, Instant},
};

use axum::body::Bytes;
use tokio::{net::TcpListener, process::Command, sync::mpsc, task::JoinHandle, time::timeout};

use crate::{
    error::InvocationError,
    invocation::{Answer, Invocation, Waiting},
    routes::{FUNCTION_NAME, Posted, Reports, router},
};

/// The longest wait for a call of a function.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// The memory size of the functions in `template.yaml`, in megabytes.
const MEMORY_SIZE: &str = "512";

/// A running server for one function at a time. Dropping it stops it.
pub struct RuntimeApi {
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
    waiting: mpsc::UnboundedReceiver<Waiting>,
    posted: mpsc::UnboundedReceiver<Posted>,
}

impl RuntimeApi {
    /// Starts it on a free port.
    pub async fn serve() -> Result<Self, InvocationError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (waiting_sender, waiting) = mpsc::unbounded_channel();
        let (posted_sender, posted) = mpsc::unbounded_channel();
        let router = router(Reports { waiting: waiting_sender, posted: posted_sender });
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { address, server, waiting, posted })
    }

    /// Returns a command that starts the function of this file with the environment variables of Lambda. The
    /// function is killed when its process handle is dropped.
    #[must_use]
    pub fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(file);
        command
            .env("AWS_LAMBDA_RUNTIME_API", self.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", FUNCTION_NAME)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_SIZE)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .kill_on_drop(true);
        command
    }

    /// Waits until the function asks for its next event.
    pub async fn asked(&mut self) -> Result<Waiting, InvocationError> {
        tokio::select! {
            waiting = timeout(MAX_WAIT, self.waiting.recv()) => {
                waiting.map_err(|_| InvocationError::Silent)?.ok_or(InvocationError::Gone)
            }
            Some(posted) = self.posted.recv() => {
                Err(InvocationError::Failed(format!("it did not start: {:?}", posted.body)))
            }
        }
    }

    /// Sends an event to a function that has asked for it, and waits for the response and until the function
    /// asks for its next event.
    pub async fn invoke(
        &mut self,
        function: Waiting,
        invocation: impl Into<Invocation>,
    ) -> Result<(Answer, Waiting), InvocationError> {
        let answer = self.answer(function, invocation).await?;
        Ok((answer, self.asked().await?))
    }

    /// Sends an event to a function that has asked for it, and waits for the response.
    pub async fn answer(
        &mut self,
        function: Waiting,
        invocation: impl Into<Invocation>,
    ) -> Result<Answer, InvocationError> {
        let begun = Instant::now();
        function.invocation.send(invocation.into()).map_err(|_| InvocationError::Gone)?;
        let posted = timeout(MAX_WAIT, self.posted.recv()).await.map_err(|_| InvocationError::Silent)?;
        let Posted { at, body } = posted.ok_or(InvocationError::Gone)?;
        let body: Bytes = body.map_err(InvocationError::Failed)?;
        Ok(Answer { begun, ended: at, body })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}
