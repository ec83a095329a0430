//! What is logged of a request: its own line, as CloudWatch gets it.

use contacts_tests::{TestTenant, ann, ann_with, link_id, log_line_of};
use serde_json::{Value, json};

/// The fields of a line that these tests know the values of.
fn fields<'l>(line: &'l Value, names: &[&str]) -> Vec<&'l Value> {
    names.iter().map(|name| &line[*name]).collect()
}

const COUNTS: [&str; 4] = ["ContactsCreated", "ContactsUpdated", "ContactsUnchanged", "ContactsRejected"];

#[tokio::test]
async fn a_request_has_one_line_with_its_id_its_tenant_its_counts_and_its_metrics() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let items = [
        ann_with(&json!({"link_id": link_id(1)})),
        ann_with(&json!({"link_id": link_id(1), "contact_type": "manager"})),
        ann_with(&json!({"link_id": link_id(2)})),
        ann_with(&json!({"link_id": link_id(3)})),
        json!({"link_id": link_id(4), "contact_name": "Ann"}),
        ann_with(&json!({"contact_type": "nobody"})),
    ];
    let answer = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    let line = log_line_of(answer.header("x-request-id")).await;
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
async fn a_delete_has_its_own_count_and_an_unchanged_contact_costs_no_write() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&ann()).await;
    let again = tenant.upsert(&json!({"account_code": "ACME", "list_items": [ann()]})).await;
    let line = log_line_of(again.header("x-request-id")).await;
    assert_eq!((&line["ContactsUnchanged"], line["WriteUnits"].as_f64()), (&json!(1), Some(0.0)));
    let answer = tenant.delete_contacts(&[json!({"contact_id": result["contact_id"]})]).await;
    let line = log_line_of(answer.header("x-request-id")).await;
    assert_eq!(fields(&line, &["operation", "ContactsDeleted"]), [&json!("delete"), &json!(1)]);
    assert_eq!(line["ContactsCreated"], Value::Null, "a delete creates nothing, so it says nothing of it");
}

#[tokio::test]
async fn a_caller_who_is_not_let_in_is_no_failure_and_nobodys() {
    let tenant = TestTenant::new().await;
    let answer = tenant.raw(contacts_tests::UPSERT, &[], "{}").await;
    let line = log_line_of(answer.header("x-request-id")).await;
    assert_eq!((&line["status"], &line["Failures"], &line["tenant"]), (&json!(401), &json!(0), &Value::Null));
}
