//! The codes and params of errors, which programs read instead of sentences.

use contacts_core::json::ITEM_FIELDS;
use contacts_tests::{TestTenant, UPSERT, item_with, link_id, minimal_item, without};
use serde_json::{Value, json};

#[tokio::test]
async fn rejected_items_have_the_code_and_param_of_their_error() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("THREE"), None).await;
    let one = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    for (item, code, param) in [
        (without(minimal_item(), "contact_name"), "missing", json!("contact_name")),
        (item_with(&json!({"contact_mobile_num": true})), "wrong_type", json!("contact_mobile_num")),
        (json!(1), "wrong_type", Value::Null),
        (item_with(&json!({"contact_email": "x"})), "invalid_value", json!("contact_email")),
        (item_with(&json!({"contact_type": "boss"})), "invalid_value", json!("contact_type")),
        (item_with(&json!({"contact_name": "\u{200b}"})), "invalid_value", json!("contact_name")),
        (item_with(&json!({"nick": 1})), "unknown_param", json!("nick")),
        (json!({"contact_id": 1}), "not_found", json!("contact_id")),
        (item_with(&json!({"account_id": 77})), "not_found", json!("account_id")),
        (json!({"contact_id": one["contact_id"], "link_id": link_id(2)}), "conflict", Value::Null),
        (item_with(&json!({"account_id": 3, "account_code": "ACME"})), "conflict", Value::Null),
    ] {
        let result = tenant.upsert_one(&item).await;
        assert_eq!((&result["code"], &result["param"]), (&json!(code), &param), "{item} {result}");
    }
}

#[tokio::test]
async fn item_without_an_account_has_no_single_param() {
    let tenant = TestTenant::new().await;
    let response = tenant.upsert(&json!({"list_items": [item_with(&json!({"link_id": link_id(1)}))]})).await;
    let result = &response.results()[0];
    assert_eq!((&result["code"], &result["param"]), (&json!("missing"), &Value::Null));
}

#[tokio::test]
async fn field_given_twice_is_a_duplicate() {
    let tenant = TestTenant::new().await;
    let body = r#"{"account_code": "ACME", "list_items": [{"contact_name": "Ann", "contact_name": "Bob"}]}"#;
    let response = tenant.send(UPSERT, body).await;
    let result = &response.results()[0];
    assert_eq!((&result["code"], &result["param"]), (&json!("duplicate_param"), &json!("contact_name")));
}

#[tokio::test]
async fn string_that_is_not_unicode_is_named_in_both_bodies() {
    const HALF: &str = r#""\ud83d""#;
    let tenant = TestTenant::new().await;
    for field in ITEM_FIELDS {
        let body = format!(r#"{{"account_code": "ACME", "list_items": [{{"{field}": {HALF}}}]}}"#);
        let response = tenant.send(UPSERT, body).await;
        let result = &response.results()[0];
        assert_eq!((&result["code"], &result["param"]), (&json!("invalid_value"), &json!(field)), "{result}");
    }
    let name = format!(r#"{{"account_code": "ACME", "list_items": [{{{HALF}: 1}}]}}"#);
    let result = &tenant.send(UPSERT, name).await.results()[0].clone();
    assert_eq!((&result["code"], &result["param"]), (&json!("unknown_param"), &json!(r"\ud83d")));
    for param in ["account_id", "account_code", "account_name"] {
        let item = minimal_item();
        let body = format!(r#"{{"{param}": {HALF}, "list_items": [{item}]}}"#);
        let response = tenant.send(UPSERT, body).await;
        let rule = "must be Unicode text, without half of a surrogate pair";
        assert_eq!(response.body["error"], format!("Wrong JSON body: value `{param}` {rule}"));
        let name = tenant.name();
        let body =
            format!(r#"{{"tenant": "{name}", "{param}": {HALF}, "contacts": [{{"link_id": {HALF}}}]}}"#);
        let response = tenant.send(contacts_tests::DELETE, body).await;
        assert_eq!(response.invalid_params(), [param, "contacts[0].link_id"]);
        let details = response.body["processing_result"]["details"].as_array().unwrap();
        assert!(details.iter().all(|detail| detail["code"] == "invalid_value"), "{details:?}");
    }
}

#[tokio::test]
async fn params_of_a_delete_have_the_code_of_their_error() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&minimal_item()).await;
    let base = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": [{"contact_id": 1}]});
    let with = |changes: Value| {
        let mut body = base.clone();
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    for (body, code) in [
        (without(base.clone(), "tenant"), "missing"),
        (without(base.clone(), "account_code"), "missing"),
        (json!([]), "wrong_type"),
        (with(json!({"contacts": 1})), "wrong_type"),
        (with(json!({"account_id": 0})), "invalid_value"),
        (with(json!({"kontakte": 1})), "unknown_param"),
        (with(json!({"account_code": "NOBODY"})), "not_found"),
        (with(json!({"account_name": "Another"})), "conflict"),
        (with(json!({"contacts": [{"contact_id": 1}, {"contact_id": "1"}]})), "conflict"),
    ] {
        let response = tenant.delete(&body).await;
        assert_eq!(
            response.body["processing_result"]["details"][0]["code"], code,
            "{body} {}",
            response.text
        );
    }
}
