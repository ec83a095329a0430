//! The responses to EventBridge and to SQS, which say only whether an event or a message is to be delivered again.

use contacts_model::delete::{RESULT_ROWS, ResultRow, SUCCESS};
use serde::Deserialize;
use serde_json::Value;

use super::{
    caller_response::{Response, ResponseError, ensure, parse, text_of},
    direct::FunctionError,
};
use crate::{function::FunctionResult, request::message_id};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Batch {
    batch_item_failures: Vec<FailedMessage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FailedMessage {
    item_identifier: String,
}

/// Reads the response to an event of EventBridge.
pub(super) fn read_event(result: &FunctionResult) -> Result<Response, ResponseError> {
    let Err(text) = result else {
        let body = text_of(result)?;
        ensure(body == "null", "a successful event returned something other than null", &body)?;
        return Ok(Response::Done);
    };
    let error: FunctionError = parse(text)?;
    if let Some(response) = error.interruption()? {
        return Ok(response);
    }
    let is_refusal = |row: &ResultRow| row.code != SUCCESS && row.text == error.error_type;
    let is_incomplete =
        error.error_type == "not all contacts went through" || RESULT_ROWS.iter().any(is_refusal);
    ensure(is_incomplete, "not an error of a valid event", text)?;
    Ok(Response::Incomplete)
}

/// Reads the response to a batch of messages.
pub(super) fn read_batch(
    result: &FunctionResult,
    requests: &[(usize, &Value)],
) -> Result<Vec<Response>, ResponseError> {
    let body = text_of(result)?;
    let Batch { batch_item_failures } = parse(&body)?;
    let failed: Vec<_> = batch_item_failures.into_iter().map(|message| message.item_identifier).collect();
    let ids: Vec<_> = requests.iter().map(|(number, _)| message_id(*number)).collect();
    ensure(failed.iter().all(|id| ids.contains(id)), "a message that was not delivered", &body)?;
    let response = |id| if failed.contains(id) { Response::Failed } else { Response::Done };
    Ok(ids.iter().map(response).collect())
}
