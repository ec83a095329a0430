//! What API Gateway hands a function: an HTTP API's event, payload format 2.0.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::{Failure, caller::Caller};

/// The event of a `POST` with this body and the caller's token.
pub(crate) fn post(path: &str, caller: &Caller, body: &Value) -> Bytes {
    let event = json!({
        "version": "2.0",
        "routeKey": format!("POST {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "authorization": format!("Bearer {}", caller.token),
            "content-type": "application/json",
            "host": "api.example.com",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "benchmark",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "benchmark",
            },
            "requestId": "benchmark",
            "routeKey": format!("POST {path}"),
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    });
    event.to_string().into()
}

/// The body of a function's answer, if its status is 200.
pub(crate) fn body_of(answer: &[u8]) -> Result<Value, Failure> {
    let answer: Value = serde_json::from_slice(answer)?;
    let body = answer["body"].as_str().ok_or("an answer without a body")?;
    if answer["statusCode"] == 200 {
        Ok(serde_json::from_str(body)?)
    } else {
        Err(format!("a function answered {}: {body}", answer["statusCode"]).into())
    }
}
