//! What must be true of the answer to an event, of each kind.

use base64::{Engine, prelude::BASE64_STANDARD};
use contacts::operation::Operation;
use serde_json::{Value, value::RawValue};

use crate::{
    contract::{check_envelope, check_names, check_results, check_wrong_body},
    function::{Answer, REQUEST_ID},
};

/// Reads an answer, which must be JSON. `None` if it repeats something of the request that is JSON by its
/// grammar and that few readers take, like the number `1e999` or half of a surrogate pair.
fn read(answer: &str) -> Option<Value> {
    serde_json::from_str::<&RawValue>(answer).expect("an answer is JSON");
    serde_json::from_str(answer).ok()
}

/// What an operation is called where its right is missing.
fn right(operation: Operation) -> &'static str {
    match operation {
        Operation::Upsert => "upsert",
        Operation::Delete => "delete",
    }
}

/// Holds the answer to a request of API Gateway against the contract. `headers` says where its payload
/// format has an answer's headers.
pub fn check_http(operation: Operation, event: &[u8], answer: &Answer, headers: &str) {
    let answer = read(answer.as_ref().expect("API Gateway always gets an answer"));
    let answer = answer.expect("what it repeats of a request is inside of a string");
    // An event may have in it what only text can hold, in a place that nobody looks at.
    let Ok(event) = serde_json::from_slice::<Value>(event) else { return };
    let status = answer["statusCode"].as_u64().expect("a status is a number");
    let header = |name: &str| match &answer[headers][name] {
        Value::Array(values) => values.first().and_then(Value::as_str),
        value => value.as_str(),
    };
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("x-request-id"), Some(REQUEST_ID));
    assert_eq!(answer["isBase64Encoded"], false);
    let text = answer["body"].as_str().expect("an answer has a body");
    let request = body_of(&event);
    check_leaks(text, &request, &event);
    let Some(body) = read(text) else { return };
    if body.get("processing_result").is_some() {
        assert_eq!(operation, Operation::Delete);
        assert_eq!(check_envelope(&body, &request).1, status);
        return;
    }
    if status == 200 {
        assert_eq!(operation, Operation::Upsert);
        check_results(&body, &request);
        return;
    }
    check_names(&body, &["error"], &[]);
    let error = body["error"].as_str().expect("an error is a string");
    match status {
        400 => check_wrong_body(error, Some(&request)),
        401 => assert_eq!((error, header("www-authenticate")), ("Log In", Some("Bearer"))),
        403 => assert_eq!(error, format!("the token lacks the right `{}`", right(operation))),
        404 => assert!(error.starts_with("no such route"), "{error}"),
        405 => assert!(header("allow").is_some_and(|allowed| error.ends_with(allowed)), "{error}"),
        // Nothing fails here and nothing is slow, so there is no reason for a 500 or a 503.
        other => panic!("{other}: {error}"),
    }
}

/// Nothing of a token is ever in an answer, nor a word of another tenant, unless the body had it.
fn check_leaks(answer: &str, request: &[u8], event: &Value) {
    let request = String::from_utf8_lossy(request);
    assert!(!answer.contains("TOKEN") || request.contains("TOKEN"), "{answer} repeats a token");
    let is_known = || request.contains("canary") || event.to_string().contains("canary");
    assert!(!answer.contains("canary") || is_known(), "{answer} is another tenant's");
}

/// The body of a request, as API Gateway got it.
fn body_of(event: &Value) -> Vec<u8> {
    let body = event["body"].as_str().unwrap_or_default();
    if event["isBase64Encoded"] == true {
        BASE64_STANDARD.decode(body).unwrap_or_default()
    } else {
        body.as_bytes().to_vec()
    }
}

/// Holds the answer to a batch of messages against it: each that failed is one of its own, and is named
/// once each time that it is in there.
pub fn check_queue(event: &[u8], answer: &Answer) {
    let answer = read(answer.as_ref().expect("a batch always gets an answer"));
    let Some(answer) = answer else { return };
    let Ok(event) = serde_json::from_slice::<Value>(event) else { return };
    check_names(&answer, &["batchItemFailures"], &[]);
    let records = event["Records"].as_array().expect("a batch has records");
    let mut ids: Vec<_> = records.iter().map(|record| &record["messageId"]).collect();
    for failure in answer["batchItemFailures"].as_array().expect("a list") {
        check_names(failure, &["itemIdentifier"], &[]);
        let place = ids.iter().position(|id| **id == failure["itemIdentifier"]);
        ids.swap_remove(place.expect("a failed message is one of the batch"));
    }
}

/// Holds the answer to an event of EventBridge against what there is: done, or a reason to try again.
pub fn check_bus(answer: &Answer) {
    match answer {
        Ok(answer) => assert_eq!(answer, "null"),
        Err(error) => match error.error_type.as_str() {
            "Wrong JSON body" => check_wrong_body(&error.error_message, None),
            // Its detail-type is the other function's.
            "unknown event" | "not all contacts went through" => {}
            other => panic!("{other}: {}", error.error_message),
        },
    }
}

/// Whether a body went through as a whole, by the answer to its direct invoke.
#[must_use]
pub fn is_complete(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(|answer| !answer.contains("\"success\":false"))
}

/// Holds the answer to a direct invoke against the contract.
pub fn check_direct(operation: Operation, event: &[u8], answer: &Answer) {
    match (operation, answer) {
        (Operation::Upsert, Err(error)) if error.error_type == "Wrong JSON body" => {
            check_wrong_body(&error.error_message, Some(event));
        }
        (Operation::Delete, Err(error)) if error.error_message.starts_with('{') => {
            if let Some(answer) = read(&error.error_message) {
                let (text, status) = check_envelope(&answer, event);
                assert_eq!((text, status == 200), (error.error_type.as_str(), false));
            }
        }
        (_, Err(error)) => panic!("{}: {}", error.error_type, error.error_message),
        (_, Ok(answer)) => {
            let Some(answer) = read(answer) else { return };
            match operation {
                Operation::Upsert => check_results(&answer, event),
                Operation::Delete => assert_eq!(check_envelope(&answer, event).0, "success"),
            }
        }
    }
}
