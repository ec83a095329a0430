//! The responses of the functions, in the form of each trigger, checked against the contract.

mod caller_response;
mod delete;
mod direct;
mod http;
mod message;

use serde_json::Value;

pub(crate) use caller_response::{EnvelopeText, Response, ResponseError};

use crate::{function::FunctionResult, request::Trigger};

/// Reads and checks the response to an invocation. All requests are valid and name at least one contact. Returns a
/// response for each of the requests, which are given with their numbers.
pub(crate) fn read(
    trigger: Trigger,
    result: &FunctionResult,
    request_id: &str,
    requests: &[(usize, &Value)],
) -> Result<Vec<Response>, ResponseError> {
    let (_, body) = requests[0];
    match trigger {
        Trigger::Http { .. } => Ok(vec![http::read(result, request_id, body)?]),
        Trigger::Direct => Ok(vec![direct::read(result, body)?]),
        Trigger::EventBridge => Ok(vec![message::read_event(result)?]),
        Trigger::Sqs => message::read_batch(result, requests),
    }
}
