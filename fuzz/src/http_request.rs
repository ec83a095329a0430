//! An HTTP request as a few lines of text, and the event that API Gateway makes of it:
//!
//! ```text
//! POST /contacts
//! authorization: Bearer zegoal.TOKEN
//!
//! {"list_items": []}
//! ```
//!
//! A mutation of these lines is still a request. A mutation of the event's JSON rarely is, least of all within
//! the body, which is a string there.

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_http::http::Method;
use serde_json::{Map, Value, json};

/// The routes in `template.yaml`. Every other request has the route `$default`.
const ROUTES: [&str; 3] = ["POST /contacts", "DELETE /contacts", "POST /contacts/delete"];

/// An HTTP request.
pub struct HttpRequest<'t> {
    method: String,
    path: String,
    query: String,
    headers: Map<String, Value>,
    body: &'t [u8],
}

impl<'t> HttpRequest<'t> {
    /// Reads a request from any text.
    #[must_use]
    pub fn read(text: &'t [u8]) -> Self {
        let end = text.windows(2).position(|two| two == b"\n\n");
        let (head, body) = end.map_or((text, &b""[..]), |end| (&text[..end], &text[end + 2..]));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let (method, url) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or_default();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().into()));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body,
        }
    }

    /// Whether the method is one that HTTP allows.
    #[must_use]
    pub fn has_valid_method(&self) -> bool {
        Method::from_bytes(self.method.as_bytes()).is_ok()
    }

    /// Builds the event of an HTTP API, payload format 2.0.
    #[must_use]
    pub fn http_api(&self) -> Vec<u8> {
        let route = format!("{} {}", self.method, self.path);
        let route = if ROUTES.contains(&route.as_str()) { route } else { "$default".to_owned() };
        let (body, is_base64) = self.body();
        let event = json!({
            "version": "2.0",
            "routeKey": route,
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": self.headers,
            "requestContext": {
                "http": {
                    "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                },
                "domainName": "api.example.com",
                "routeKey": route,
                "stage": "$default",
                "requestId": "JKJaXmPLvHcESHA=",
                "timeEpoch": 1_773_342_238_000_i64,
            },
            "body": body,
            "isBase64Encoded": is_base64,
        });
        event.to_string().into_bytes()
    }

    /// Builds the event of a REST API, payload format 1.0.
    #[must_use]
    pub fn rest_api(&self) -> Vec<u8> {
        let route = format!("{} {}", self.method, self.path);
        let resource = if ROUTES.contains(&route.as_str()) { &self.path } else { "/{proxy+}" };
        let several = |(name, value): (&String, &Value)| (name.clone(), json!([value]));
        let (body, is_base64) = self.body();
        let event = json!({
            "version": "1.0",
            "resource": resource,
            "path": self.path,
            "httpMethod": self.method,
            "headers": self.headers,
            "multiValueHeaders": self.headers.iter().map(several).collect::<Map<_, _>>(),
            "queryStringParameters": null,
            "multiValueQueryStringParameters": null,
            "requestContext": {
                "httpMethod": self.method,
                "path": format!("/prod{}", self.path),
                "resourcePath": resource,
                "stage": "prod",
                "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "identity": {"sourceIp": "192.0.2.1"},
            },
            "body": body,
            "isBase64Encoded": is_base64,
        });
        event.to_string().into_bytes()
    }

    /// The body as an event has it, and whether it is in base64, as all but UTF-8 is.
    fn body(&self) -> (String, bool) {
        match str::from_utf8(self.body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (BASE64_STANDARD.encode(self.body), true),
        }
    }
}
