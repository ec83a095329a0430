//! Requests as API Gateway reads them, and the events of these requests (payload format 2.0).

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use axum::{
    body::Body,
    http::{
        HeaderMap, Version,
        header::{CONTENT_ENCODING, CONTENT_TYPE, COOKIE, EXPECT},
        request::Parts,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use jiff::Timestamp;
use runtime_api::{Bytes, http};
use tokio::time::timeout;

/// The most bytes of a request's body ("Quotas for configuring and running an HTTP API").
pub(crate) const MAX_BODY: usize = 10_000_000;

/// The most bytes that are read of a larger body. A client that still sends when the connection is closed may lose the
/// answer.
const MAX_DISCARDED: usize = 100_000_000;

/// The longest wait for the next part of a body.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Content types that API Gateway passes on as text, beside `text/*`.
const TEXT_TYPES: [&str; 3] = ["application/json", "application/javascript", "application/xml"];

/// Why a request has no event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BodyError {
    TooLarge,
    /// The client stopped in the middle of the body, or its framing is invalid.
    Incomplete,
}

/// Reads a request's body of up to `limit` bytes. A larger one is read and discarded.
pub(crate) async fn read_body(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    // Such a client waits for permission to send the body.
    if headers.contains_key(EXPECT) && body.size_hint().lower() > limit as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        let frame = timeout(READ_TIMEOUT, body.frame()).await.map_err(|_| BodyError::Incomplete)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|_| BodyError::Incomplete)?.into_data() else { continue };
        length += data.len();
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else if length > MAX_DISCARDED {
            break;
        }
    }
    if length <= limit { Ok(bytes) } else { Err(BodyError::TooLarge) }
}

/// Builds the event of a request.
pub(crate) fn event(route_key: &str, parts: &Parts, body: &[u8], source: IpAddr, request_id: &str) -> Bytes {
    let text = str::from_utf8(body).ok().filter(|_| is_text(&parts.headers));
    let encoded = text.is_none().then(|| BASE64_STANDARD.encode(body));
    let now = Timestamp::now();
    let source = source.to_string();
    let mut headers = joined_headers(&parts.headers);
    headers
        .entry("x-forwarded-for".to_owned())
        .and_modify(|value| *value += ", ")
        .or_default()
        .push_str(&source);
    headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    let query = parts.uri.query().unwrap_or_default();
    http::event(&http::HttpRequest {
        route_key,
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query,
        query_parameters: query_parameters(query),
        headers,
        cookies: cookies(&parts.headers),
        body: text.or(encoded.as_deref()).filter(|body| !body.is_empty()),
        is_base64_encoded: encoded.is_some(),
        protocol: if parts.version == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" },
        source_ip: &source,
        request_id,
        time: &now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        time_ms: now.as_millisecond(),
    })
}

/// Whether API Gateway passes a body with these headers on as text, if it is text.
fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase());
    let is_text_type = media_type.is_none_or(|media_type| {
        let media_type = media_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        media_type.starts_with(b"text/") || TEXT_TYPES.iter().any(|of| of.as_bytes() == media_type)
    });
    is_text_type && !headers.contains_key(CONTENT_ENCODING)
}

fn joined_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::<String, String>::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != COOKIE) {
        append(&mut joined, name.to_string(), &String::from_utf8_lossy(value.as_bytes()));
    }
    joined
}

fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        append(&mut joined, name.into_owned(), &value);
    }
    joined
}

/// Adds a value, after a comma if there is one of this name already.
fn append(joined: &mut BTreeMap<String, String>, name: String, value: &str) {
    joined
        .entry(name)
        .and_modify(|values| {
            values.push(',');
            values.push_str(value);
        })
        .or_insert_with(|| value.to_owned());
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values
        .flat_map(|value| value.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>())
        .collect()
}
