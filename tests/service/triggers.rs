//! Everything that isn't HTTP, against the real binaries: the sample events of `events/` under both
//! emulators, and what each trigger hears.

use std::fs;

use contacts_tests::{Emulator, TestTenant, link_id, numbered_items};
use serde_json::{Value, json};

/// A sample event, with the demo tenant's token in it.
fn sample(name: &str) -> Value {
    let path = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("a sample event");
    serde_json::from_str(&text.replace("zegoal.TOKEN", TestTenant::demo().token())).expect("JSON")
}

/// What the sample events of each kind are answered with, as far as it is the same each time.
fn is_done(kind: &str, answer: &Value) -> bool {
    match kind {
        "http-api" | "rest-api" => answer["statusCode"] == 200,
        "sqs" => *answer == json!({"batchItemFailures": []}),
        "eventbridge" => answer.is_null(),
        _ => answer["result"][0]["success"] == true || answer["processing_result"]["text"] == "success",
    }
}

#[tokio::test]
async fn every_sample_event_is_carried_out_under_both_emulators() {
    for (upsert, delete) in [
        (Emulator::watch("upsert-contacts"), Emulator::watch("delete-contacts")),
        (Emulator::rie("upsert-contacts"), Emulator::rie("delete-contacts")),
    ] {
        for kind in ["direct", "http-api", "rest-api", "sqs", "eventbridge"] {
            let answer = upsert.invoke(&sample(&format!("upsert-{kind}"))).await;
            assert!(is_done(kind, &answer), "upsert-{kind}: {answer}");
            let answer = delete.invoke(&sample(&format!("delete-{kind}"))).await;
            assert!(is_done(kind, &answer), "delete-{kind}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_direct_request_that_is_wrong_is_a_function_error_of_the_contracts_words() {
    let tenant = TestTenant::new().await;
    let answer = Emulator::watch("upsert-contacts").invoke(&json!({"tenant": tenant.name()})).await;
    assert_eq!(answer["errorType"], "Wrong JSON body");
    assert_eq!(answer["errorMessage"], "Wrong JSON body: no value for `list_items`");
    let delete = json!({"tenant": tenant.name(), "account_id": 3});
    let answer = Emulator::watch("delete-contacts").invoke(&delete).await;
    assert_eq!(answer["errorType"], "no contacts in the request");
    let envelope: Value = serde_json::from_str(answer["errorMessage"].as_str().unwrap()).unwrap();
    assert_eq!(envelope["processing_result"]["code"], 2);
}

#[tokio::test]
async fn of_a_mixed_batch_exactly_the_failed_messages_are_reported_and_the_good_items_are_stored() {
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

    let answer = Emulator::watch("upsert-contacts").invoke(&event).await;

    let mut failed: Vec<_> =
        answer["batchItemFailures"].as_array().unwrap().iter().map(|one| &one["itemIdentifier"]).collect();
    failed.sort_by_key(ToString::to_string);
    assert_eq!(failed, ["invalid JSON", "one bad item", "unknown tenant"]);
    let gone = tenant.delete_contacts(&[1, 2, 4].map(|number| json!({"link_id": link_id(number)}))).await;
    let names: Vec<_> = gone.deleted().iter().map(|contact| contact["contact_name"].clone()).collect();
    assert_eq!(names, ["Contact 1", "Contact 2", "Dora"]);
}

#[tokio::test]
async fn an_event_of_no_known_kind_is_a_clear_error() {
    let event = json!({"Records": [{"eventSource": "aws:s3", "s3": {}}]});
    let answer = Emulator::watch("upsert-contacts").invoke(&event).await;
    assert_eq!(answer["errorType"], "unknown event");
}
