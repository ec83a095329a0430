//! The events that functions are measured with, and what is in their answers.

use axum::body::Bytes;
use runtime_api::http::{self, HttpAnswer};
use serde_json::Value;

use crate::{Failure, caller::Caller};

/// The event of a `POST` with this body and the caller's token.
pub(crate) fn post(path: &str, caller: &Caller, body: &Value) -> Bytes {
    http::post(path, &format!("Bearer {}", caller.token), &body.to_string())
}

/// The body of a function's answer, if its status is 200.
pub(crate) fn body_of(answer: &[u8]) -> Result<Value, Failure> {
    let HttpAnswer { status_code, body, .. } = serde_json::from_slice(answer)?;
    if status_code == 200 {
        Ok(serde_json::from_str(&body)?)
    } else {
        Err(format!("a function answered {status_code}: {body}").into())
    }
}
