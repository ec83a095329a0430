//! The handler of both Lambda functions: everything between Lambda and the core (`contacts_core`). The functions differ in
//! their [`Operation`](operation::Operation) only. "The contract" in comments is what `docs/api.md` promises to callers.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`event`] | the kinds of events (API Gateway, SQS, EventBridge, direct invoke), and an answer for each |
//! | `http` | routes, authorization and responses of the API |
//! | `pipeline` | the one path of an operation, from a body to a result, that all triggers share |
//! | [`body`] | request bodies and results in JSON, in the contract's words |
//! | [`telemetry`] | the log line, metrics and trace of an event |
//! | `error`, `counts`, [`operation`] | types that several of these share |
//!
//! An event is classified by [`event`], which passes a body to `pipeline`, which calls a use case of the core. There is
//! one error type, `error::OperationError`; each trigger turns it into its own form.

// Without unwinding, a panic would end the process: no error for its invocation, and a new cold start.
#[cfg(not(panic = "unwind"))]
compile_error!("lambda_runtime catches panics that unwind; set `panic = \"unwind\"` in the profile");

pub mod body;
mod counts;
mod error;
pub mod event;
mod http;
pub mod operation;
mod pipeline;
pub mod telemetry;
#[cfg(test)]
mod test_support;
