//! The events that functions are invoked with, and their responses.

use fixture::TenantFixture;
use runtime_api::{
    Bytes,
    http::{self, HttpAnswer},
};
use serde_json::Value;

use crate::error::Result;

/// Builds the event of a `POST` with this body and the tenant's token. It may have an idempotency key.
pub(crate) fn post(path: &str, caller: &TenantFixture, key: Option<&str>, body: &Value) -> Bytes {
    http::post_with_key(path, &format!("Bearer {}", caller.token()), key, &body.to_string())
}

/// Returns the JSON body of a function's response. A status other than 200 is an error.
pub(crate) fn successful_body(response: &[u8]) -> Result<Value> {
    let HttpAnswer { status_code, body, .. } = serde_json::from_slice(response)?;
    if status_code == 200 {
        Ok(serde_json::from_str(&body)?)
    } else {
        Err(format!("a function answered {status_code}: {body}").into())
    }
}
