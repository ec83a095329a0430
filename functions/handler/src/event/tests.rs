//! Every kind of event, from its JSON to its answer, on a real store.

use std::time::{Duration, SystemTime};

use contacts_core::{
    context::OperationContext,
    domain::{ContactId, ContactTypes, Tenant, TenantName},
    store::Store,
};
use embedded_dynamodb::{Fault, Faults, TABLE, in_process_client_with};
use fixture::TenantFixture;
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    operation::Operation,
    test_support::{TestStore, link_id, tenant},
};

async fn run(test: &TestStore, operation: Operation, event: &Value) -> Result<Value, Diagnostic> {
    let mut context = Context::default();
    context.request_id = uuid::Uuid::new_v4().to_string();
    invoke(&test.store, operation, event, context).await
}

async fn invoke(
    store: &Store,
    operation: Operation,
    event: &Value,
    context: Context,
) -> Result<Value, Diagnostic> {
    let payload = serde_json::from_str(&event.to_string()).unwrap();
    let answer = handle(store, operation, LambdaEvent::new(payload, context)).await;
    answer.map(|answer| serde_json::to_value(answer).unwrap()).map_err(Diagnostic::from)
}

async fn name_of(test: &TestStore, number: u128) -> Option<String> {
    let id = ContactId::derive(&tenant().name, link_id(number));
    let contacts =
        test.store.contacts(&OperationContext::without_deadline(), &tenant().name, [id]).await.unwrap();
    contacts.get(&id).map(|stored| stored.contact.name.as_str().to_owned())
}

fn upsert_of(number: u128, name: &str) -> Value {
    json!({"tenant": "zegoal", "account_code": "ACME", "list_items": [
        {"link_id": link_id(number).to_string(), "contact_name": name, "contact_mobile_num": "1"}]})
}

fn delete_of(numbers: &[u128]) -> Value {
    let contacts: Vec<_> =
        numbers.iter().map(|number| json!({"link_id": link_id(*number).to_string()})).collect();
    json!({"tenant": "zegoal", "account_code": "ACME", "contacts": contacts})
}

fn batch(messages: &[(&str, String)]) -> Value {
    let record = |(id, body): &(&str, String)| json!({"messageId": id, "body": body, "eventSource": "aws:sqs", "receiptHandle": "r"});
    json!({"Records": messages.iter().map(record).collect::<Vec<_>>()})
}

fn failed(ids: &[&str]) -> Value {
    let failures: Vec<_> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failures})
}

#[tokio::test]
async fn mixed_batch_reports_only_its_failed_messages() {
    let test = TestStore::start().await;
    let mut one_bad_item = upsert_of(2, "Bob");
    one_bad_item["list_items"].as_array_mut().unwrap().push(json!({"contact_name": "no number"}));
    let event = batch(&[
        ("good", upsert_of(1, "Ann").to_string()),
        ("one bad item", one_bad_item.to_string()),
        ("not JSON", "{".to_owned()),
        ("unknown tenant", upsert_of(3, "Cid").to_string().replace("zegoal", "nobody")),
        ("no tenant", r#"{"list_items": []}"#.to_owned()),
        ("same contact, first", upsert_of(4, "Dan").to_string()),
        ("same contact, second", upsert_of(4, "Dora").to_string()),
    ]);

    let answer = run(&test, Operation::Upsert, &event).await.unwrap();

    let mut reported: Vec<_> = answer["batchItemFailures"].as_array().unwrap().clone();
    reported.sort_by_key(ToString::to_string);
    let expected = failed(&["no tenant", "not JSON", "one bad item", "unknown tenant"]);
    assert_eq!(json!({ "batchItemFailures": reported }), expected);
    assert_eq!(name_of(&test, 1).await.as_deref(), Some("Ann"));
    assert_eq!(name_of(&test, 2).await.as_deref(), Some("Bob"), "the good item of a failed message");
    assert_eq!(name_of(&test, 3).await, None);
    assert_eq!(name_of(&test, 4).await.as_deref(), Some("Dora"), "messages apply in order");
}

#[tokio::test]
async fn reused_message_id_fails_only_its_own_message() {
    let test = TestStore::start().await;
    let first = batch(&[("a", upsert_of(1, "Ann").to_string())]);
    assert_eq!(run(&test, Operation::Upsert, &first).await, Ok(failed(&[])));
    let event = batch(&[("a", upsert_of(1, "Bob").to_string()), ("b", upsert_of(2, "Cid").to_string())]);
    assert_eq!(run(&test, Operation::Upsert, &event).await, Ok(failed(&["a"])));
    assert_eq!(name_of(&test, 1).await.as_deref(), Some("Ann"));
    assert_eq!(name_of(&test, 2).await.as_deref(), Some("Cid"));
    // One message twice in a batch, as SQS may deliver it.
    let twice = batch(&[("c", upsert_of(3, "Dan").to_string()), ("c", upsert_of(3, "Dan").to_string())]);
    assert_eq!(run(&test, Operation::Upsert, &twice).await, Ok(failed(&[])));
    assert_eq!(name_of(&test, 3).await.as_deref(), Some("Dan"));
}

#[tokio::test]
async fn delete_message_succeeds_if_all_its_contacts_are_deleted() {
    let test = TestStore::start().await;
    for number in 0..3 {
        run(&test, Operation::Upsert, &upsert_of(number, "Ann")).await.unwrap();
    }
    let event = batch(&[
        ("both", delete_of(&[0, 1]).to_string()),
        ("one is gone", delete_of(&[1, 2]).to_string()),
        ("empty", String::new()),
    ]);
    let answer = run(&test, Operation::Delete, &event).await.unwrap();
    assert_eq!(answer, failed(&["one is gone", "empty"]));
    assert_eq!(name_of(&test, 0).await, None);
    assert!(name_of(&test, 2).await.is_some(), "all or none, in each message");
}

#[tokio::test]
async fn direct_invoke_returns_the_result() {
    let test = TestStore::start().await;
    let created = run(&test, Operation::Upsert, &upsert_of(1, "Ann")).await.unwrap();
    assert_eq!(created["result"][0]["extended_info"], "created");
    let deleted = run(&test, Operation::Delete, &delete_of(&[1])).await.unwrap();
    assert_eq!(deleted["processing_result"]["text"], "success");
    assert_eq!(deleted["DeleteAccountContacts"]["TZ"], "Europe/Kiev");
}

#[tokio::test]
async fn invalid_direct_request_is_a_function_error_of_the_contract() {
    let test = TestStore::start().await;
    for (operation, body, error_type, message) in [
        (Operation::Upsert, json!({}), "Wrong JSON body", "Wrong JSON body: no value for `tenant`"),
        (Operation::Upsert, json!([]), "Wrong JSON body", "Wrong JSON body"),
        (
            Operation::Upsert,
            json!({"tenant": "zegoal"}),
            "Wrong JSON body",
            "Wrong JSON body: no value for `list_items`",
        ),
        (
            Operation::Upsert,
            json!({"tenant": "nobody", "list_items": [{}]}),
            "Wrong JSON body",
            "Wrong JSON body: value `tenant` must name a tenant that exists",
        ),
        (Operation::Delete, json!({}), "validation failed", "\"code\":1"),
        (
            Operation::Delete,
            json!({"tenant": "nobody", "account_id": 3, "contacts": [{"contact_id": 1}]}),
            "validation failed",
            "must name a tenant that exists",
        ),
        // The tenant is checked before the number of contacts.
        (
            Operation::Delete,
            json!({"tenant": "nobody", "account_id": 3, "contacts": []}),
            "validation failed",
            "must name a tenant that exists",
        ),
        (
            Operation::Delete,
            json!({"tenant": "nobody", "account_id": 3, "contacts": vec![json!({"contact_id": 1}); 10_001]}),
            "validation failed",
            "must name a tenant that exists",
        ),
        (
            Operation::Delete,
            json!({"tenant": "nobody", "contacts": []}),
            "validation failed",
            "one of them must be given",
        ),
        (
            Operation::Delete,
            json!({"tenant": "zegoal", "account_id": 3}),
            "no contacts in the request",
            "\"code\":2",
        ),
    ] {
        let error = run(&test, operation, &body).await.unwrap_err();
        assert_eq!(error.error_type, error_type);
        assert!(error.error_message.contains(message), "{}", error.error_message);
    }
}

#[tokio::test]
async fn function_errors_are_short_for_requests_of_any_length() {
    let test = TestStore::start().await;
    let contacts: Vec<_> =
        (0..10_000).map(|id| json!({"contact_id": 1_000_000_000_000_000_u64 + id})).collect();
    let many_contacts = json!({"tenant": "zegoal", "account_id": 3, "contacts": contacts});
    let mut many_names = json!({"tenant": "zegoal"});
    for number in 0..100 {
        many_names[format!("{number}-{}", "x".repeat(1_000))] = json!(1);
    }
    let mut long_name = json!({"tenant": "zegoal"});
    long_name["x".repeat(900_000)] = json!(1);
    for (operation, body, error_type) in [
        (Operation::Delete, many_contacts, "validation failed"),
        (Operation::Delete, many_names, "validation failed"),
        (Operation::Delete, long_name.clone(), "validation failed"),
        (Operation::Upsert, long_name, "Wrong JSON body"),
    ] {
        let error = run(&test, operation, &body).await.unwrap_err();
        assert_eq!(error.error_type, error_type);
        assert!(error.error_message.len() <= 16 * 1024, "{} bytes", error.error_message.len());
        if operation == Operation::Delete {
            let envelope: Value = serde_json::from_str(&error.error_message).unwrap();
            assert_eq!(envelope["processing_result"]["code"], 1);
            assert_eq!(envelope["DeleteAccountContacts"]["request"], Value::Null);
        }
    }
}

#[tokio::test]
async fn eventbridge_event_is_processed_as_a_whole_or_fails() {
    let test = TestStore::start().await;
    let event = |id: &str, detail_type: &str, detail: Value| json!({"id": id, "detail-type": detail_type, "source": "crm", "detail": detail});
    let upsert = event("1", "UpsertContacts", upsert_of(1, "Ann"));
    assert_eq!(run(&test, Operation::Upsert, &upsert).await, Ok(Value::Null));
    assert_eq!(run(&test, Operation::Upsert, &upsert).await, Ok(Value::Null));
    let other_type = run(&test, Operation::Upsert, &event("2", "Anything", upsert_of(1, "Ann"))).await;
    assert_eq!(other_type.unwrap_err().error_type, "unknown event");
    let bad_item = json!({"tenant": "zegoal", "list_items": [{"contact_name": "Ann"}]});
    let rejected = run(&test, Operation::Upsert, &event("3", "UpsertContacts", bad_item)).await;
    assert_eq!(rejected.unwrap_err().error_type, "not all contacts went through");
    // Malformed comes before the number of contacts.
    let validation = json!({"tenant": "zegoal", "account_id": 3, "contacts": [], "validate_only": true});
    let refused = run(&test, Operation::Delete, &event("6", "DeleteAccountContacts", validation)).await;
    assert_eq!(refused.unwrap_err().error_type, "validation failed");
    let delete = |id: &str| event(id, "DeleteAccountContacts", delete_of(&[1]));
    assert_eq!(run(&test, Operation::Delete, &delete("4")).await, Ok(Value::Null));
    let gone = run(&test, Operation::Delete, &delete("5")).await;
    assert_eq!(gone.unwrap_err().error_type, "contacts not found");
}

#[tokio::test]
async fn requests_of_both_kinds_of_api_get_a_response() {
    let test = TestStore::start().await;
    let sample =
        |text: &str| -> Value { serde_json::from_str(&text.replace("zegoal.TOKEN", &test.token)).unwrap() };
    for (operation, event) in [
        (Operation::Upsert, sample(include_str!("../../../../events/upsert-http-api.json"))),
        (Operation::Delete, sample(include_str!("../../../../events/delete-http-api.json"))),
        (Operation::Upsert, sample(include_str!("../../../../events/upsert-rest-api.json"))),
        (Operation::Delete, sample(include_str!("../../../../events/delete-rest-api.json"))),
    ] {
        let answer = run(&test, operation, &event).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert!(answer["body"].is_string());
    }
}

#[tokio::test]
async fn body_with_invalid_base64_is_an_invalid_body() {
    let test = TestStore::start().await;
    let mut event: Value =
        serde_json::from_str(include_str!("../../../../events/upsert-http-api.json")).unwrap();
    event["isBase64Encoded"] = json!(true);
    let answer = run(&test, Operation::Upsert, &event).await.unwrap();
    assert_eq!(answer["statusCode"], 401, "the body is not read before the token is accepted");
}

#[tokio::test]
async fn request_with_invalid_url_gets_a_response() {
    let test = TestStore::start().await;
    let long = format!("/{}", "x".repeat(70_000));
    for (sample, headers, path, query) in [
        (include_str!("../../../../events/upsert-http-api.json"), "headers", "rawPath", "rawQueryString"),
        (include_str!("../../../../events/upsert-rest-api.json"), "headers", "path", "queryStringParameters"),
    ] {
        let mut event: Value = serde_json::from_str(sample).unwrap();
        for odd in ["", "@:x", "a b", "\\\"", "/contacts/\u{7}", "http://[", long.as_str()] {
            for (object, name) in [("", path), ("", query), (headers, "host"), (headers, "Host")] {
                let mut event = event.clone();
                let value = if name == "queryStringParameters" { json!({odd: odd}) } else { json!(odd) };
                match object {
                    "" => event[name] = value,
                    _ if odd.contains('\u{7}') => {}
                    object => event[object][name] = value,
                }
                let answer = run(&test, Operation::Upsert, &event).await.unwrap();
                assert_eq!(answer["statusCode"], 401, "{name}: {odd:.20}");
            }
        }
        // Where no route says where a request came to, its path does.
        let context = event["requestContext"].as_object_mut().unwrap();
        context.remove("routeKey");
        context.remove("resourcePath");
        event[path] = json!("/contacts/delete");
        let answer = run(&test, Operation::Upsert, &event).await.unwrap();
        assert_eq!(answer["statusCode"], 405);
    }
}

#[tokio::test]
async fn invalid_headers_of_a_request_are_ignored() {
    let test = TestStore::start().await;
    let token = format!("Bearer {}", test.token);
    for sample in [
        include_str!("../../../../events/upsert-http-api.json"),
        include_str!("../../../../events/upsert-rest-api.json"),
    ] {
        for (name, value) in [("x-name", "Zoë"), ("x name", "Ann"), ("", ""), ("x-lines", "a\nb")] {
            let mut event: Value = serde_json::from_str(sample).unwrap();
            event["headers"] = json!({"authorization": token, name: value});
            if event["multiValueHeaders"].is_object() {
                event["multiValueHeaders"] = json!({"authorization": [token], name: [value, value]});
            }
            let answer = run(&test, Operation::Upsert, &event).await.unwrap();
            assert_eq!(answer["statusCode"], 200, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn logged_function_error_excludes_the_request() {
    let test = TestStore::start().await;
    let body = json!({"tenant": "zegoal", "account_name": "Secret Ltd", "contacts": [{"contact_id": 1}]});
    let payload = serde_json::from_str(&body.to_string()).unwrap();
    let event = LambdaEvent::new(payload, Context::default());
    let error = handle(&test.store, Operation::Delete, event).await.err().unwrap();
    assert_eq!(format!("{error:?}"), "validation failed");
    assert!(Diagnostic::from(error).error_message.contains("Secret Ltd"), "the caller gets it");
}

#[tokio::test]
async fn redelivered_event_that_means_more_by_now_is_processed_anew() {
    let test = TestStore::start().await;
    let mut detail = upsert_of(1, "Ann");
    let more = json!({"link_id": link_id(1).to_string(), "contact_type": "boss", "contact_name": "Dora"});
    detail["list_items"].as_array_mut().unwrap().push(more);
    let event = json!({"id": "the same", "detail-type": "UpsertContacts", "source": "crm", "detail": detail});
    assert!(run(&test, Operation::Upsert, &event).await.is_err());
    let contact_types = ContactTypes::parse(&["main_contact".to_owned(), "boss".to_owned()]).unwrap();
    test.store.put_tenant(&Tenant { contact_types, ..tenant() }).await.unwrap();
    // Nothing is cached.
    let cold = Store::new(test.store.client().clone(), test.table_name());
    assert_eq!(invoke(&cold, Operation::Upsert, &event, Context::default()).await, Ok(Value::Null));
    assert_eq!(name_of(&test, 1).await.as_deref(), Some("Dora"));
}

/// The messages that fail in a batch of two tenants, if the calls for the first with this text in them are throttled.
async fn failures_beside_a_slow_tenant(operation: Operation, body: &Value, slow_calls: &str) -> Value {
    let faults = Faults::default();
    let store = Store::new(in_process_client_with(&faults).unwrap(), TABLE);
    let of_tenant = |name: &str, mut body: Value| {
        body["tenant"] = json!(name);
        body
    };
    for name in ["zegoal", "slow"] {
        TenantFixture::new(TenantName::parse(name).unwrap(), "test").store(&store).await.unwrap();
        let create = of_tenant(name, upsert_of(1, "Ann"));
        invoke(&store, Operation::Upsert, &create, Context::default()).await.unwrap();
    }
    faults.add_for_calls_with(slow_calls, Fault::Throttle);
    let event = batch(&[
        ("slow", of_tenant("slow", body.clone()).to_string()),
        ("quick", of_tenant("zegoal", body.clone()).to_string()),
    ]);
    let mut context = Context::default();
    // A second and a half for upserts, and as much to begin the transactions of deletes.
    let time = Duration::from_millis(if operation == Operation::Upsert { 2_800 } else { 8_300 });
    let end = (SystemTime::now() + time).duration_since(SystemTime::UNIX_EPOCH).unwrap();
    context.deadline = end.as_millis().try_into().unwrap();
    // Nothing is cached.
    let cold = Store::new(store.client().clone(), TABLE);
    invoke(&cold, operation, &event, context).await.unwrap()
}

#[tokio::test]
async fn slow_tenant_takes_no_time_from_the_messages_of_others() {
    let (upsert, delete) = (upsert_of(1, "Ann"), delete_of(&[1]));
    // Its settings can't be read, or only its contacts.
    let (settings, contacts) = (r#""slow""#, r#""slow#CONTACT#"#);
    let answers = tokio::join!(
        failures_beside_a_slow_tenant(Operation::Upsert, &upsert, settings),
        failures_beside_a_slow_tenant(Operation::Upsert, &upsert, contacts),
        failures_beside_a_slow_tenant(Operation::Delete, &delete, settings),
        failures_beside_a_slow_tenant(Operation::Delete, &delete, contacts),
    );
    let only_its_own = || failed(&["slow"]);
    assert_eq!(answers, (only_its_own(), only_its_own(), only_its_own(), only_its_own()));
}

#[tokio::test]
async fn unknown_event_is_an_error() {
    let test = TestStore::start().await;
    for event in [
        json!({"Records": [{"eventSource": "aws:s3", "messageId": "1"}]}),
        json!({"Records": 1}),
        json!({"Records": []}),
        json!({"id": "1", "detail-type": "UpsertContacts", "detail": upsert_of(1, "Ann")}),
        json!({"requestContext": {"elb": {}}, "httpMethod": "POST", "path": "/contacts"}),
        json!({"detail-type": "UpsertContacts"}),
    ] {
        let error = run(&test, Operation::Upsert, &event).await.unwrap_err();
        assert_eq!(error.error_type, "unknown event", "{event}");
    }
}

#[tokio::test]
async fn body_that_looks_like_an_event_is_an_error() {
    let test = TestStore::start().await;
    let record = &batch(&[("a", upsert_of(2, "Bob").to_string())])["Records"];
    for (field, value) in [
        ("Records", json!([])),
        ("Records", record.clone()),
        ("detail-type", json!("UpsertContacts")),
        ("requestContext", json!({})),
    ] {
        for (operation, mut body) in
            [(Operation::Upsert, upsert_of(1, "Ann")), (Operation::Delete, delete_of(&[1]))]
        {
            body[field] = value.clone();
            let error = run(&test, operation, &body).await.unwrap_err();
            assert_eq!(error.error_type, "unknown event", "{body}");
        }
    }
    assert_eq!(name_of(&test, 1).await, None);
}

proptest! {
    #[test]
    fn every_json_value_is_classified(text in "[\\[\\]{}\":,a-z0-9 ]{0,40}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            prop_assert!(serde_json::from_str::<Event>(&value.to_string()).is_ok());
        }
    }
}
