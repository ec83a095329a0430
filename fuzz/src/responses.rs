//! Checks of the response to each kind of event. Each panics on a violation.

use base64::{Engine, prelude::BASE64_STANDARD};
use contacts_model::{
    delete::{RESULT_ROWS, ResultRow, SUCCESS},
    response::{check_delete, check_upsert, check_upsert_error},
};
use serde_json::{Value, value::RawValue};

use crate::{
    function::{REQUEST_ID, Response},
    service::{Operation, right},
};

/// Where an API has the headers of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadersField {
    /// `headers`, one value each: payload format 2.0.
    Single,
    /// `multiValueHeaders`, a list of values each: payload format 1.0.
    Multiple,
}

/// Parses a response, which must be JSON. `None` if it repeats a part of the request that `serde_json` doesn't
/// take, such as the number `1e999` or half a surrogate pair.
fn parse(response: &str) -> Option<Value> {
    serde_json::from_str::<&RawValue>(response).expect("a response is JSON");
    serde_json::from_str(response).ok()
}

/// Checks the body of a 200 to an upsert.
fn check_results(response: &str, request: &[u8]) {
    let request = serde_json::from_slice(request).ok();
    let checked = check_upsert(response, request.as_ref());
    checked.unwrap_or_else(|violation| panic!("{violation}"));
}

/// Checks the envelope of a delete. Returns its row of the contract's table.
fn check_envelope(response: &str, request: &[u8]) -> &'static ResultRow {
    let request = serde_json::from_slice(request).ok();
    let checked = check_delete(response, request.as_ref());
    checked.unwrap_or_else(|violation| panic!("{violation}")).row
}

/// Checks the error of a 400 to an upsert. `None` is a request that isn't at hand.
fn check_error(error: &str, request: Option<&[u8]>) {
    let request = request.and_then(|request| serde_json::from_slice(request).ok());
    check_upsert_error(error, request.as_ref()).unwrap_or_else(|violation| panic!("{violation}"));
}

/// Checks the response to a request of API Gateway.
pub fn check_http(operation: Operation, event: &[u8], response: &Response, headers: HeadersField) {
    let response = parse(response.as_ref().expect("API Gateway always gets a response"));
    let response = response.expect("what it repeats of a request is within a string");
    // An event may have what `serde_json` doesn't take in fields that the service ignores.
    let Ok(event) = serde_json::from_slice::<Value>(event) else { return };
    let status = response["statusCode"].as_u64().expect("a status is a number");
    let header = |name: &str| match headers {
        HeadersField::Single => response["headers"][name].as_str(),
        HeadersField::Multiple => response["multiValueHeaders"][name][0].as_str(),
    };
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("x-request-id"), Some(REQUEST_ID));
    assert_eq!(response["isBase64Encoded"], false);
    let text = response["body"].as_str().expect("a response has a body");
    let request = body_of(&event);
    check_leaks(text, &request, &event);
    let Some(body) = parse(text) else { return };
    if body.get("processing_result").is_some() {
        assert_eq!(operation, Operation::Delete);
        assert_eq!(u64::from(check_envelope(text, &request).http_status), status);
        return;
    }
    if status == 200 {
        assert_eq!(operation, Operation::Upsert);
        check_results(text, &request);
        return;
    }
    check_only_field(&body, "error");
    let error = body["error"].as_str().expect("an error is a string");
    match status {
        400 => check_error(error, Some(&request)),
        401 => assert_eq!((error, header("www-authenticate")), ("Log In", Some("Bearer"))),
        403 => assert_eq!(error, format!("the token lacks the right `{}`", right(operation))),
        404 => assert!(error.starts_with("no such route"), "{error}"),
        405 => assert!(header("allow").is_some_and(|allowed| error.ends_with(allowed)), "{error}"),
        // The store neither fails nor is slow here, so a 500 or a 503 is an error.
        other => panic!("{other}: {error}"),
    }
}

/// A response never has a part of a token, nor another tenant's data, unless the request had it.
fn check_leaks(response: &str, request: &[u8], event: &Value) {
    let request = String::from_utf8_lossy(request);
    assert!(!response.contains("TOKEN") || request.contains("TOKEN"), "{response} repeats a token");
    let is_sent = || request.contains("canary") || event.to_string().contains("canary");
    assert!(!response.contains("canary") || is_sent(), "{response} has another tenant's data");
}

/// The body of a request before API Gateway encoded it.
fn body_of(event: &Value) -> Vec<u8> {
    let body = event["body"].as_str().unwrap_or("");
    if event["isBase64Encoded"] == true {
        // The service refuses a body that isn't base64, as it refuses an empty one.
        BASE64_STANDARD.decode(body).unwrap_or_default()
    } else {
        body.as_bytes().to_vec()
    }
}

/// Checks the response to a batch of messages: each failed message is one of the batch, and is named as often as
/// it occurs there at most.
pub fn check_queue(event: &[u8], response: &Response) {
    let response = parse(response.as_ref().expect("a batch always gets a response"));
    let Some(response) = response else { return };
    let Ok(event) = serde_json::from_slice::<Value>(event) else { return };
    check_only_field(&response, "batchItemFailures");
    let records = event["Records"].as_array().expect("a batch has records");
    let mut ids: Vec<_> = records.iter().map(|record| &record["messageId"]).collect();
    for failure in response["batchItemFailures"].as_array().expect("`batchItemFailures` is a list") {
        check_only_field(failure, "itemIdentifier");
        let index = ids.iter().position(|id| **id == failure["itemIdentifier"]);
        ids.swap_remove(index.expect("a failed message is one of the batch"));
    }
}

/// Checks the response to an event of EventBridge: success, or an error of the contract.
pub fn check_bus(response: &Response) {
    match response {
        Ok(response) => assert_eq!(response, "null"),
        Err(error) => match error.error_type.as_str() {
            "Wrong JSON body" => check_error(&error.error_message, None),
            // The first is the error of an event whose detail-type is the other function's.
            "unknown event" | "not all contacts went through" => {}
            text if RESULT_ROWS.iter().any(|row| row.code != SUCCESS && row.text == text) => {}
            other => panic!("{other}: {}", error.error_message),
        },
    }
}

/// Whether the response to a direct invoke says that all of the body was carried out.
#[must_use]
pub fn is_complete(response: &Response) -> bool {
    response.as_ref().is_ok_and(|response| !response.contains("\"success\":false"))
}

/// Checks the response to a direct invoke.
pub fn check_direct(operation: Operation, event: &[u8], response: &Response) {
    match (operation, response) {
        (Operation::Upsert, Err(error)) if error.error_type == "Wrong JSON body" => {
            check_error(&error.error_message, Some(event));
        }
        (Operation::Delete, Err(error)) if error.error_message.starts_with('{') => {
            if parse(&error.error_message).is_some() {
                let row = check_envelope(&error.error_message, event);
                assert_eq!(row.text, error.error_type);
                assert_ne!(row.code, SUCCESS, "a success is no error");
            }
        }
        (_, Err(error)) => panic!("{}: {}", error.error_type, error.error_message),
        (_, Ok(response)) => {
            if parse(response).is_none() {
                return;
            }
            match operation {
                Operation::Upsert => check_results(response, event),
                Operation::Delete => assert_eq!(check_envelope(response, event).code, SUCCESS),
            }
        }
    }
}

/// Checks that an object has this field and no other.
fn check_only_field(object: &Value, name: &str) {
    let fields = object.as_object().expect("it is an object");
    assert!(fields.len() == 1 && fields.contains_key(name), "{object} must have `{name}` alone");
}
