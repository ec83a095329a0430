//! Direct invokes, messages and events: the sample events of `events/` under both emulators, and the response to each
//! trigger.

use std::fs;

use contacts_tests::{Emulator, TestTenant, link_id, numbered_items};
use serde_json::{Value, json};

/// Reads a sample event and puts the token of the demo tenant into it.
fn sample(name: &str) -> Value {
    let path = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("a sample event");
    serde_json::from_str(&text.replace("zegoal.TOKEN", TestTenant::demo().token())).expect("JSON")
}

/// Whether this is the response to a sample event of this kind, if the event succeeds.
fn is_success(kind: &str, response: &Value) -> bool {
    match kind {
        "http-api" | "rest-api" => response["statusCode"] == 200,
        "sqs" => *response == json!({"batchItemFailures": []}),
        "eventbridge" => response.is_null(),
        _ => response["result"][0]["success"] == true || response["processing_result"]["text"] == "success",
    }
}

#[tokio::test]
async fn every_sample_event_succeeds_under_both_emulators() {
    for (upsert, delete) in [
        (Emulator::local_gateway("upsert-contacts"), Emulator::local_gateway("delete-contacts")),
        (Emulator::aws_lambda_rie("upsert-contacts"), Emulator::aws_lambda_rie("delete-contacts")),
    ] {
        for kind in ["direct", "http-api", "rest-api", "sqs", "eventbridge"] {
            let response = upsert.invoke(&sample(&format!("upsert-{kind}"))).await;
            assert!(is_success(kind, &response), "upsert-{kind}: {response}");
            let response = delete.invoke(&sample(&format!("delete-{kind}"))).await;
            assert!(is_success(kind, &response), "delete-{kind}: {response}");
        }
    }
}

#[tokio::test]
async fn wrong_direct_invoke_is_a_function_error_of_the_contract() {
    let tenant = TestTenant::new().await;
    let response = Emulator::local_gateway("upsert-contacts").invoke(&json!({"tenant": tenant.name()})).await;
    assert_eq!(response["errorType"], "Wrong JSON body");
    assert_eq!(response["errorMessage"], "Wrong JSON body: no value for `list_items`");
    let delete = json!({"tenant": tenant.name(), "account_id": 3});
    let response = Emulator::local_gateway("delete-contacts").invoke(&delete).await;
    assert_eq!(response["errorType"], "no contacts in the request");
    let envelope: Value = serde_json::from_str(response["errorMessage"].as_str().unwrap()).unwrap();
    assert_eq!(envelope["processing_result"]["code"], 2);
}

#[tokio::test]
async fn mixed_batch_reports_exactly_the_failed_messages() {
    let tenant = TestTenant::new().await;
    let body = |items: Value| {
        json!({"tenant": tenant.name(), "account_code": "ACME", "list_items": items}).to_string()
    };
    let item = |number| numbered_items([number]).remove(0);
    let record = |id: &str, body: String| json!({"messageId": id, "body": body, "eventSource": "aws:sqs"});
    let event = json!({"Records": [
        record("good", body(json!([item(1)]))),
        record("one bad item", body(json!([item(2), {"contact_name": "no number"}]))),
        record("invalid JSON", "{\"tenant\":".to_owned()),
        record("unknown tenant", body(json!([item(3)])).replace(tenant.name(), "nobody")),
        record("first", body(json!([{"link_id": link_id(4), "contact_name": "Dan", "contact_mobile_num": 1}]))),
        record("second", body(json!([{"link_id": link_id(4), "contact_name": "Dora"}]))),
    ]});

    let response = Emulator::local_gateway("upsert-contacts").invoke(&event).await;

    let mut failed: Vec<_> =
        response["batchItemFailures"].as_array().unwrap().iter().map(|one| &one["itemIdentifier"]).collect();
    failed.sort_by_key(ToString::to_string);
    assert_eq!(failed, ["invalid JSON", "one bad item", "unknown tenant"]);
    let deleted = tenant.delete_contacts(&[1, 2, 4].map(|number| json!({"link_id": link_id(number)}))).await;
    let names: Vec<_> = deleted.deleted().iter().map(|contact| contact["contact_name"].clone()).collect();
    assert_eq!(names, ["Contact 1", "Contact 2", "Dora"]);
}

#[tokio::test]
async fn event_of_an_unknown_kind_is_a_function_error() {
    let event = json!({"Records": [{"eventSource": "aws:s3", "s3": {}}]});
    let response = Emulator::local_gateway("upsert-contacts").invoke(&event).await;
    assert_eq!(response["errorType"], "unknown event");
}
