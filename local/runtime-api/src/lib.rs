//! AWS Lambda's Runtime API on one machine: the server that a function's process asks for events and posts
//! its responses to. It serves one function at a time, as an execution environment of Lambda does, and
//! records when each request arrived.
//!
//! [`http`] builds the events of API Gateway and reads the responses to it.

mod error;
pub mod http;
mod invocation;
mod routes;
mod server;

pub use axum::body::Bytes;
pub use error::InvocationError;
pub use invocation::{Answer, Invocation, TIME_LIMIT, Waiting};
pub use server::RuntimeApi;
