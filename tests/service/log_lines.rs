//! The log line of a request, as it goes to CloudWatch.

use contacts_tests::{Emulator, TestTenant, failure_line_of, item_with, link_id, log_line_of, minimal_item};
use serde_json::{Value, json};

/// The values of these fields of a line.
fn fields<'l>(line: &'l Value, names: &[&str]) -> Vec<&'l Value> {
    names.iter().map(|name| &line[*name]).collect()
}

const COUNTS: [&str; 4] = ["ContactsCreated", "ContactsUpdated", "ContactsUnchanged", "ContactsRejected"];

#[tokio::test]
async fn request_has_one_log_line_with_tenant_counts_and_metrics() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let items = [
        item_with(&json!({"link_id": link_id(1)})),
        item_with(&json!({"link_id": link_id(1), "contact_type": "manager"})),
        item_with(&json!({"link_id": link_id(2)})),
        item_with(&json!({"link_id": link_id(3)})),
        json!({"link_id": link_id(4), "contact_name": "Ann"}),
        item_with(&json!({"contact_type": "nobody"})),
    ];
    let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    let line = log_line_of(response.header("x-request-id")).await;
    assert_eq!(fields(&line, &COUNTS), [2, 1, 1, 2]);
    assert_eq!(fields(&line, &["operation", "trigger", "tenant"]), ["upsert", "http", tenant.name()]);
    assert_eq!(fields(&line, &["status", "RoundTrips", "Throttles", "Failures"])[..1], [200]);
    assert_eq!((&line["Throttles"], &line["Failures"]), (&json!(0), &json!(0)));
    assert!(line["RoundTrips"].as_u64() >= Some(2) && line["WriteUnits"].as_f64() >= Some(3.0), "{line}");
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Dimensions"], json!([["operation", "trigger"]]));
    let metrics = directive["Metrics"].as_array().unwrap();
    let is_metric = |name: &str| metrics.iter().any(|metric| metric["Name"] == name);
    assert!(COUNTS.iter().all(|name| is_metric(name)) && !is_metric("tenant") && !is_metric("status"));
    for phase in ["AccessDuration", "ParseDuration", "AccountsDuration", "ContactsDuration"] {
        assert!(line[phase].as_f64() <= line["Duration"].as_f64() && line[phase].is_number(), "{phase}");
    }
}

#[tokio::test]
async fn log_line_counts_deletes_and_write_units() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&minimal_item()).await;
    let again = tenant.upsert(&json!({"account_code": "ACME", "list_items": [minimal_item()]})).await;
    let line = log_line_of(again.header("x-request-id")).await;
    assert_eq!((&line["ContactsUnchanged"], line["WriteUnits"].as_f64()), (&json!(1), Some(0.0)));
    let response = tenant.delete_contacts(&[json!({"contact_id": result["contact_id"]})]).await;
    let line = log_line_of(response.header("x-request-id")).await;
    assert_eq!(fields(&line, &["operation", "ContactsDeleted"]), [&json!("delete"), &json!(1)]);
    assert_eq!(line["ContactsCreated"], Value::Null, "the line of a delete has no count of created contacts");
}

#[tokio::test]
async fn unauthorized_request_logs_no_failure_and_no_tenant() {
    let tenant = TestTenant::new().await;
    let response = tenant.send_with_headers(contacts_tests::UPSERT, &[], "{}").await;
    let line = log_line_of(response.header("x-request-id")).await;
    assert_eq!((&line["status"], &line["Failures"], &line["tenant"]), (&json!(401), &json!(0), &Value::Null));
}

#[tokio::test]
async fn line_of_a_failed_message_says_why_it_failed() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&minimal_item()).await;
    let message_id = format!("failed-{}", tenant.name());
    let body =
        json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": [{"link_id": link_id(9)}]});
    let record = json!({"messageId": message_id, "body": body.to_string(), "eventSource": "aws:sqs"});
    Emulator::local_gateway("delete-contacts").invoke(&json!({"Records": [record]})).await;
    let line = failure_line_of(&message_id).await;
    assert_eq!((&line["reason"], &line["cause"]), (&json!("contacts not found"), &Value::Null));
}
