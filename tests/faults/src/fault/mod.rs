//! The faults that a call to the store can suffer, and the answers that they give.

mod error_answer;
mod kind;
mod partial_batch;

pub(crate) use error_answer::{conflict, internal_error, throttled};
pub(crate) use kind::Fault;
pub(crate) use partial_batch::{PartialBatch, Rest, deny_some};
