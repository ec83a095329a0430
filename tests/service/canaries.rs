//! Requests of every trigger with a canary wherever a caller can put something, right or wrong. What the
//! answers are is for other tests; here it is about what the functions log meanwhile, which
//! `tests/logs` looks through when all is done.

use contacts_tests::{CANARY, CANARY_NUMBER, Emulator, TestTenant, UPSERT, with};
use reqwest::Method;
use serde_json::{Value, json};

/// An item with canaries in all fields, which goes through.
fn item() -> Value {
    json!({
        "contact_name": CANARY,
        "contact_mobile_num": CANARY_NUMBER,
        "contact_email": format!("{CANARY}@example.com"),
        "contact_desc": format!("the {CANARY} of {CANARY_NUMBER}"),
    })
}

/// Params that make the item, or the body, wrong.
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
        CANARY,
    ];
    let values = [
        json!(CANARY),
        json!(CANARY_NUMBER),
        json!([CANARY, {CANARY: CANARY_NUMBER}]),
        json!({CANARY: CANARY}),
        json!(format!("{CANARY}\n\u{0}")),
        json!(CANARY.repeat(400)),
    ];
    names.iter().flat_map(|name| values.iter().map(move |value| json!({*name: value}))).collect()
}

/// Bodies of both operations, right and wrong.
fn bodies(tenant: &str) -> Vec<String> {
    let account = json!({"account_code": CANARY, "account_name": format!("{CANARY} Ltd")});
    let upsert = with(account.clone(), &json!({"tenant": tenant, "list_items": [item()]}));
    let delete = with(account, &json!({"tenant": tenant, "contacts": [{"contact_id": CANARY_NUMBER}]}));
    let mut bodies = vec![upsert.clone(), delete.clone(), json!(CANARY), json!([CANARY])];
    for wrong in wrong_params() {
        bodies.push(with(upsert.clone(), &wrong));
        bodies.push(with(delete.clone(), &wrong));
        bodies.push(with(upsert.clone(), &json!({"list_items": [with(item(), &wrong), item()]})));
        bodies.push(with(delete.clone(), &json!({"contacts": [wrong]})));
    }
    let mut texts: Vec<_> = bodies.iter().map(Value::to_string).collect();
    texts.push(format!("{{\"{CANARY}\": \"{CANARY}"));
    texts.push(format!("{CANARY} {CANARY_NUMBER}"));
    texts.push(upsert.to_string().replacen('{', &format!("{{\"tenant\": \"{CANARY}\", "), 1));
    texts
}

#[tokio::test]
async fn over_http() {
    let tenant = TestTenant::new().await;
    let routes = [UPSERT, (Method::POST, "/contacts/delete"), (Method::DELETE, "/contacts")];
    for body in bodies(tenant.name()) {
        for route in routes.clone() {
            tenant.send(route, body.clone()).await;
        }
    }
    for route in routes {
        for authorization in [
            format!("Bearer {}.{CANARY}", tenant.name()),
            format!("Bearer {}.{CANARY}", CANARY.to_lowercase()),
            format!("Bearer {}{CANARY}", tenant.token()),
            format!("Basic {CANARY}"),
            CANARY.to_owned(),
        ] {
            let headers = [("authorization", &*authorization), ("x-name", CANARY), ("cookie", CANARY)];
            assert_eq!(tenant.raw(route.clone(), &headers, CANARY).await.status, 401);
        }
    }
    for method in [Method::GET, Method::POST, Method::PUT] {
        let path = format!("/{CANARY}/{CANARY_NUMBER}?name={CANARY}");
        assert_eq!(tenant.send((method, &path), CANARY).await.status, 404);
    }
}

#[tokio::test]
async fn by_direct_invoke_by_event_and_by_message() {
    let tenant = TestTenant::new().await;
    for function in ["upsert-contacts", "delete-contacts"] {
        let function = Emulator::watch(function);
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
            json!({"id": "1", "detail-type": CANARY, "detail": {"contact_name": CANARY}}),
            json!({"id": "1", "detail-type": CANARY_NUMBER, "detail": CANARY}),
            json!({"Records": [{"eventSource": CANARY, "messageId": "1", "body": CANARY}]}),
            json!({"Records": CANARY}),
            json!({"requestContext": {CANARY: CANARY}, "routeKey": CANARY, "body": CANARY}),
            json!({"requestContext": CANARY, "resource": CANARY, "body": CANARY_NUMBER}),
        ] {
            function.invoke(&event).await;
        }
    }
}
