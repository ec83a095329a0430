//! The events that API Gateway's HTTP API sends to a function, in payload format 2.0, and the responses.

use std::collections::HashMap;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;

/// Builds the event of a `POST` with this body and this `Authorization` header.
#[must_use]
pub fn post(path: &str, authorization: &str, body: &str) -> Bytes {
    let event = json!({
        "version": "2.0",
        "routeKey": format!("POST {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "authorization": authorization,
            "content-type": "application/json",
            "host": "api.example.com",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "local",
            },
            "requestId": "local",
            "routeKey": format!("POST {path}"),
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "body": body,
        "isBase64Encoded": false,
    });
    event.to_string().into()
}

/// A function's response.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status_code: u16,
    /// The headers. Their names are in lower case.
    pub headers: HashMap<String, String>,
    /// The body as text.
    pub body: String,
}
