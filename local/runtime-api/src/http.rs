//! The events that API Gateway's HTTP API sends to a function, in payload format 2.0, and the responses.

use std::collections::{BTreeMap, HashMap};

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;

/// The fields of an event's request.
pub struct HttpRequest<'a> {
    /// The route that the request matches: `POST /contacts`, or `$default`.
    pub route_key: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path as it was sent.
    pub path: &'a str,
    /// The query string without the question mark.
    pub query: &'a str,
    /// The parameters of the query string. Several values of one are joined by commas.
    pub query_parameters: BTreeMap<String, String>,
    /// The headers, with names in lower case. Several values of one are joined by commas.
    pub headers: BTreeMap<String, String>,
    /// The cookies, each as `name=value`.
    pub cookies: Vec<String>,
    /// The body as text or in base64, if there is one.
    pub body: Option<&'a str>,
    /// Whether the body is in base64.
    pub is_base64_encoded: bool,
    /// The protocol's version, such as `HTTP/1.1`.
    pub protocol: &'a str,
    /// The address of the caller.
    pub source_ip: &'a str,
    /// The request's id at API Gateway.
    pub request_id: &'a str,
    /// When the request arrived, as `12/Mar/2026:19:03:58 +0000`.
    pub time: &'a str,
    /// The same in milliseconds since 1970.
    pub time_ms: i64,
}

/// Builds the event of a request.
#[must_use]
pub fn event(request: &HttpRequest<'_>) -> Bytes {
    let header = |name| request.headers.get(name).map(String::as_str).unwrap_or_default();
    let domain = header("host");
    let mut event = json!({
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": request.headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": header("user-agent"),
            },
            "requestId": request.request_id,
            "routeKey": request.route_key,
            "stage": "$default",
            "time": request.time,
            "timeEpoch": request.time_ms,
        },
        "isBase64Encoded": request.is_base64_encoded,
    });
    // API Gateway leaves these out where the request has none.
    if !request.cookies.is_empty() {
        event["cookies"] = json!(request.cookies);
    }
    if !request.query_parameters.is_empty() {
        event["queryStringParameters"] = json!(request.query_parameters);
    }
    if let Some(body) = request.body {
        event["body"] = json!(body);
    }
    event.to_string().into()
}

/// Builds the event of a `POST` with this body and this `Authorization` header.
#[must_use]
pub fn post(path: &str, authorization: &str, body: &str) -> Bytes {
    post_with_key(path, authorization, None, body)
}

/// Builds the event of a `POST` that may have an `Idempotency-Key` header too.
#[must_use]
pub fn post_with_key(path: &str, authorization: &str, key: Option<&str>, body: &str) -> Bytes {
    let key = key.map(|key| ("idempotency-key", key));
    let headers = [
        ("authorization", authorization),
        ("content-type", "application/json"),
        ("host", "api.example.com"),
        ("user-agent", "local"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    event(&HttpRequest {
        route_key: &format!("POST {path}"),
        method: "POST",
        path,
        query: "",
        query_parameters: BTreeMap::new(),
        headers: headers
            .into_iter()
            .chain(key)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        cookies: Vec::new(),
        body: Some(body),
        is_base64_encoded: false,
        protocol: "HTTP/1.1",
        source_ip: "192.0.2.1",
        request_id: "local",
        time: "01/Jan/2026:00:00:00 +0000",
        time_ms: 1_767_225_600_000,
    })
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
