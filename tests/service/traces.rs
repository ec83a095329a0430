//! The trace of a request that the functions send to X-Ray. The local gateway samples every invocation.

use contacts_tests::{TestTenant, Traces, minimal_item};
use serde_json::json;

#[tokio::test]
async fn trace_of_a_request_has_a_subsegment_for_each_phase() {
    let tenant = TestTenant::new().await;
    let mut traces = Traces::listen().await;
    let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": [minimal_item()]})).await;
    let id = response.header("x-request-id");
    let trace = traces.of(id).await;
    assert_eq!(
        (&trace["type"], &trace["name"], &trace["fault"]),
        (&json!("subsegment"), &json!("upsert"), &json!(false))
    );
    let annotations =
        json!({"operation": "upsert", "trigger": "http", "request_id": id, "tenant": tenant.name()});
    assert_eq!(trace["annotations"], annotations);
    assert!(trace["trace_id"].as_str().unwrap().starts_with("1-") && trace["parent_id"].is_string());
    let phases: Vec<_> = trace["subsegments"].as_array().unwrap().iter().map(|part| &part["name"]).collect();
    assert_eq!(phases, ["access", "parse", "parse", "accounts", "contacts"]);
}
