//! DynamoDB's errors.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::{proxy::Answer, rng::SeededRng};

/// An error by which DynamoDB throttles.
pub(crate) fn throttled(rng: &mut SeededRng) -> Answer {
    let code =
        rng.pick(&["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]);
    error(StatusCode::BAD_REQUEST, code)
}

/// A 500.
pub(crate) fn internal_error() -> Answer {
    error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")
}

/// The error of a transaction that conflicts with another.
pub(crate) fn conflict(transaction: &Value) -> Answer {
    let actions = transaction["TransactItems"].as_array().map_or(1, Vec::len);
    let reason =
        |index| json!({"Code": if index == 0 { "TransactionConflict" } else { "None" }, "Message": ""});
    let reasons: Vec<_> = (0..actions).map(reason).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "",
        "Message": "",
        "CancellationReasons": reasons,
    });
    Answer::Complete(StatusCode::BAD_REQUEST, body.to_string().into())
}

fn error(status: StatusCode, code: &str) -> Answer {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    Answer::Complete(status, json!({"__type": kind, "message": ""}).to_string().into())
}
