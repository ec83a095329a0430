//! Upserts that are refused as a whole: they get a 400 and write nothing.

use contacts_tests::{TestTenant, UPSERT, expect_str, minimal_item, numbered_items};
use serde_json::{Value, json};

/// Checks that each body is refused with this error and writes nothing.
async fn assert_refused(bodies: &[Value], error: &str) {
    let tenant = TestTenant::new().await;
    for body in bodies {
        let response = tenant.upsert(body).await;
        assert_eq!((response.status, response.body), (400, json!({"error": error})), "{body}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
    assert_eq!(tenant.table.accounts().await, Vec::<Value>::new());
}

fn with_minimal_item(param: &str, value: &Value) -> Value {
    json!({param: value, "list_items": [minimal_item()]})
}

#[tokio::test]
async fn text_that_is_not_json_is_a_wrong_body() {
    let tenant = TestTenant::new().await;
    for text in
        ["", " ", "{", "list_items", "{\"list_items\": [}", "{} {}", "{'list_items': []}", "\u{feff}{}"]
    {
        let response = tenant.send(UPSERT, text).await;
        assert_eq!((response.status, response.body), (400, json!({"error": "Wrong JSON body"})), "{text}");
    }
}

#[tokio::test]
async fn json_that_is_not_an_object_is_a_wrong_body() {
    assert_refused(
        &[json!([]), json!([minimal_item()]), json!("text"), json!(1), json!(true), Value::Null],
        "Wrong JSON body",
    )
    .await;
}

#[tokio::test]
async fn list_items_is_required() {
    let bodies = [json!({}), json!({"account_code": "ACME"})];
    assert_refused(&bodies, "Wrong JSON body: no value for `list_items`").await;
}

#[tokio::test]
async fn list_items_must_be_a_list() {
    let wrong = [json!({}), json!("text"), json!(1), json!(false), Value::Null];
    let bodies = wrong.map(|value| json!({"account_code": "ACME", "list_items": value}));
    assert_refused(&bodies, "Wrong JSON body: value `list_items` was of the wrong type").await;
}

#[tokio::test]
async fn tenant_must_be_a_string() {
    let wrong = [json!(1), json!(true), json!([]), json!({}), Value::Null];
    let bodies = wrong.map(|value| with_minimal_item("tenant", &value));
    assert_refused(&bodies, "Wrong JSON body: value `tenant` was of the wrong type").await;
}

#[tokio::test]
async fn account_id_must_be_an_integer_or_its_digits() {
    let wrong = [json!(true), json!([]), json!({}), json!("three"), json!(""), Value::Null];
    let bodies = wrong.map(|value| with_minimal_item("account_id", &value));
    assert_refused(&bodies, "Wrong JSON body: value `account_id` was of the wrong type").await;
}

#[tokio::test]
async fn account_code_and_an_account_name_must_be_strings() {
    for param in ["account_code", "account_name"] {
        let wrong = [json!(1), json!(true), json!([]), json!({}), Value::Null];
        let bodies = wrong.map(|value| with_minimal_item(param, &value));
        assert_refused(&bodies, &format!("Wrong JSON body: value `{param}` was of the wrong type")).await;
    }
}

#[tokio::test]
async fn invalid_account_param_is_named() {
    let tenant = TestTenant::new().await;
    for (param, value) in [
        ("account_id", json!(0)),
        ("account_id", json!(-1)),
        ("account_id", json!(1.5)),
        ("account_id", json!(9_007_199_254_740_992_u64)),
        ("account_id", json!("9007199254740992")),
        ("account_code", json!("")),
        ("account_code", json!("A\nB")),
        ("account_name", json!("  ")),
        ("account_name", json!("A\u{0}B")),
    ] {
        let response = tenant.upsert(&with_minimal_item(param, &value)).await;
        let error = expect_str(&response.body["error"]);
        assert_eq!(response.status, 400, "{param} {value}");
        assert!(error.starts_with(&format!("Wrong JSON body: value `{param}` ")), "{value}: {error}");
    }
    assert_eq!(tenant.table.accounts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn list_must_hold_at_least_one_item() {
    let sentence = "Wrong JSON body: value `list_items` must hold 1 to 10000 items";
    assert_refused(&[json!({"account_code": "ACME", "list_items": []})], sentence).await;
}

#[tokio::test]
async fn list_of_10_001_items_writes_nothing() {
    let sentence = "Wrong JSON body: value `list_items` must hold 1 to 10000 items";
    assert_refused(&[json!({"account_code": "ACME", "list_items": numbered_items(1..=10_001)})], sentence)
        .await;
}

#[tokio::test]
async fn unknown_param_is_named() {
    let sentence = "Wrong JSON body: unknown param `listitems`";
    let bodies = [
        json!({"account_code": "ACME", "listitems": [minimal_item()]}),
        json!({"account_code": "ACME", "list_items": [minimal_item()], "listitems": []}),
    ];
    assert_refused(&bodies, sentence).await;
}

#[tokio::test]
async fn param_name_is_case_sensitive() {
    let bodies = [json!({"account_code": "ACME", "list_items": [minimal_item()], "Tenant": "x"})];
    assert_refused(&bodies, "Wrong JSON body: unknown param `Tenant`").await;
}
