//! The responses of the functions, in the form of each trigger, checked against the contract.

mod delete;
mod direct;
mod http;
mod message;
mod outcome;

use serde_json::Value;

pub(crate) use outcome::{EnvelopeText, Response, ResponseError};

use crate::{function::Outcome, request::Trigger};

/// Reads and checks the response to an invocation. All requests are valid and name at least one contact. Returns a
/// response for each of the requests, which are given with their numbers.
pub(crate) fn read(
    trigger: Trigger,
    outcome: &Outcome,
    request_id: &str,
    requests: &[(usize, &Value)],
) -> Result<Vec<Response>, ResponseError> {
    let (_, body) = requests[0];
    match trigger {
        Trigger::Http { .. } => Ok(vec![http::read(outcome, request_id, body)?]),
        Trigger::Direct => Ok(vec![direct::read(outcome, body)?]),
        Trigger::EventBridge => Ok(vec![message::read_event(outcome)?]),
        Trigger::Sqs => message::read_batch(outcome, requests),
    }
}
