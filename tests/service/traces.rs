//! What X-Ray gets of a request, from the real binaries. The emulator samples every invocation.

use contacts_tests::{TestTenant, Traces, ann};
use serde_json::json;

#[tokio::test]
async fn a_request_is_traced_with_its_phases_below_the_segment_of_its_invocation() {
    let tenant = TestTenant::new().await;
    let mut traces = Traces::listen().await;
    let answer = tenant.upsert(&json!({"account_code": "ACME", "list_items": [ann()]})).await;
    let id = answer.header("x-request-id");
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
