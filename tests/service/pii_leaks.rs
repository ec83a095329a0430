//! Requests by every trigger with [`PII_MARKER`] in every field, in valid and in invalid requests. They make the
//! functions log what they log of such requests; `tests/logs` searches the log for the marker after all tests.

use contacts_tests::{Emulator, PII_MARKER, PII_MARKER_NUMBER, TestTenant, UPSERT, merged};
use reqwest::Method;
use serde_json::{Value, json};

/// A valid item with the marker in all fields.
fn item() -> Value {
    json!({
        "contact_name": PII_MARKER,
        "contact_mobile_num": PII_MARKER_NUMBER,
        "contact_email": format!("{PII_MARKER}@example.com"),
        "contact_desc": format!("the {PII_MARKER} of {PII_MARKER_NUMBER}"),
    })
}

/// Params that make an item or a body invalid.
fn wrong_params() -> Vec<Value> {
    let names = [
        "tenant",
        "account_id",
        "account_code",
        "account_name",
        "list_items",
        "contacts",
        "link_id",
        "contact_id",
        "contact_name",
        "contact_mobile_num",
        "contact_type",
        "contact_email",
        "contact_desc",
        PII_MARKER,
    ];
    let values = [
        json!(PII_MARKER),
        json!(PII_MARKER_NUMBER),
        json!([PII_MARKER, {PII_MARKER: PII_MARKER_NUMBER}]),
        json!({PII_MARKER: PII_MARKER}),
        json!(format!("{PII_MARKER}\n\u{0}")),
        json!(PII_MARKER.repeat(400)),
    ];
    names.iter().flat_map(|name| values.iter().map(move |value| json!({*name: value}))).collect()
}

/// Valid and invalid bodies of both operations.
fn bodies(tenant: &str) -> Vec<String> {
    let account = json!({"account_code": PII_MARKER, "account_name": format!("{PII_MARKER} Ltd")});
    let upsert = merged(account.clone(), &json!({"tenant": tenant, "list_items": [item()]}));
    let delete = merged(account, &json!({"tenant": tenant, "contacts": [{"contact_id": PII_MARKER_NUMBER}]}));
    let mut bodies = vec![upsert.clone(), delete.clone(), json!(PII_MARKER), json!([PII_MARKER])];
    for wrong in wrong_params() {
        bodies.push(merged(upsert.clone(), &wrong));
        bodies.push(merged(delete.clone(), &wrong));
        bodies.push(merged(upsert.clone(), &json!({"list_items": [merged(item(), &wrong), item()]})));
        bodies.push(merged(delete.clone(), &json!({"contacts": [wrong]})));
    }
    let mut texts: Vec<_> = bodies.iter().map(Value::to_string).collect();
    texts.push(format!("{{\"{PII_MARKER}\": \"{PII_MARKER}"));
    texts.push(format!("{PII_MARKER} {PII_MARKER_NUMBER}"));
    texts.push(upsert.to_string().replacen('{', &format!("{{\"tenant\": \"{PII_MARKER}\", "), 1));
    texts
}

#[tokio::test]
async fn http_requests_log_no_pii() {
    let tenant = TestTenant::new().await;
    let routes = [UPSERT, (Method::POST, "/contacts/delete"), (Method::DELETE, "/contacts")];
    for body in bodies(tenant.name()) {
        for route in routes.clone() {
            tenant.send(route, body.clone()).await;
        }
    }
    for route in routes {
        for authorization in [
            format!("Bearer {}.{PII_MARKER}", tenant.name()),
            format!("Bearer {}.{PII_MARKER}", PII_MARKER.to_lowercase()),
            format!("Bearer {}{PII_MARKER}", tenant.token()),
            format!("Basic {PII_MARKER}"),
            PII_MARKER.to_owned(),
        ] {
            let headers =
                [("authorization", &*authorization), ("x-name", PII_MARKER), ("cookie", PII_MARKER)];
            assert_eq!(tenant.send_with_headers(route.clone(), &headers, PII_MARKER).await.status, 401);
        }
    }
    for method in [Method::GET, Method::POST, Method::PUT] {
        let path = format!("/{PII_MARKER}/{PII_MARKER_NUMBER}?name={PII_MARKER}");
        assert_eq!(tenant.send((method, &path), PII_MARKER).await.status, 404);
    }
}

#[tokio::test]
async fn direct_invokes_events_and_messages_log_no_pii() {
    let tenant = TestTenant::new().await;
    for function in ["upsert-contacts", "delete-contacts"] {
        let function = Emulator::local_gateway(function);
        for (number, body) in bodies(tenant.name()).into_iter().enumerate() {
            function.invoke_raw(body.clone()).await;
            let record = json!({"messageId": number.to_string(), "eventSource": "aws:sqs", "body": body});
            function.invoke(&json!({"Records": [record]})).await;
            let detail: Value = serde_json::from_str(&body).unwrap_or(json!(body));
            for kind in ["UpsertContacts", "DeleteAccountContacts"] {
                let event = json!({"id": number.to_string(), "detail-type": kind, "detail": detail});
                function.invoke(&event).await;
            }
        }
        for event in [
            json!({"id": "1", "detail-type": PII_MARKER, "detail": {"contact_name": PII_MARKER}}),
            json!({"id": "1", "detail-type": PII_MARKER_NUMBER, "detail": PII_MARKER}),
            json!({"Records": [{"eventSource": PII_MARKER, "messageId": "1", "body": PII_MARKER}]}),
            json!({"Records": PII_MARKER}),
            json!({"requestContext": {PII_MARKER: PII_MARKER}, "routeKey": PII_MARKER, "body": PII_MARKER}),
            json!({"requestContext": PII_MARKER, "resource": PII_MARKER, "body": PII_MARKER_NUMBER}),
        ] {
            function.invoke(&event).await;
        }
    }
}
