//! The error of an invocation.

/// Why an invocation has no response.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// The server can't listen on a port.
    #[error("the Runtime API can't listen: {0}")]
    Port(#[from] std::io::Error),
    /// The function neither asked for an event nor posted a response within a minute.
    #[error("the function did not call the Runtime API within a minute")]
    Silent,
    /// The function's connection or the server ended before the event was delivered.
    #[error("the function ended before it got its event")]
    Gone,
    /// The function posted an error: its body.
    #[error("the function posted an error: {0}")]
    Failed(String),
}
