//! Events of all triggers, and an answer for each: API Gateway's requests, batches of SQS messages, EventBridge's events,
//! and bodies of direct invokes.

mod answer;
mod api_gateway;
mod classify;
mod direct;
mod eventbridge;
mod function_error;
mod handle;
mod sqs;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use classify::Event;
pub use function_error::FunctionError;
pub use handle::handle;
