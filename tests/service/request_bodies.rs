//! Malformed, huge, binary and multilingual bodies: every one gets a response.

use contacts_core::domain::ContactTypes;
use contacts_tests::{
    ApiResponse, DELETE, TestTenant, UPSERT, contact_ids_of, expect_str, item_with, link_id, minimal_item,
};
use serde_json::{Value, json};

/// The largest response of a function, in bytes (6 MB, "Lambda quotas").
const LAMBDA_LIMIT: usize = 6 * 1024 * 1024;

/// Checks that both operations refuse this body because it is not JSON.
async fn assert_not_json(body: &[u8], content_type: &str) {
    let tenant = TestTenant::new().await;
    let upsert = tenant.send_as(UPSERT, content_type, body).await;
    assert_eq!((upsert.status, upsert.body), (400, json!({"error": "Wrong JSON body"})));
    let delete = tenant.send_as(DELETE, content_type, body).await;
    assert_eq!((delete.status, delete.result_code(), delete.invalid_params()), (400, 1, vec!["body"]));
}

/// Checks the size of a response, which goes to Lambda as a string in a JSON object.
fn assert_fits_lambda(response: &ApiResponse) {
    let size = Value::from(&*response.text).to_string().len();
    assert!(size < LAMBDA_LIMIT - 1024, "{size} bytes");
}

#[tokio::test]
async fn empty_body_is_not_json() {
    assert_not_json(b"", "application/json").await;
}

#[tokio::test]
async fn truncated_body_is_not_json() {
    let whole = json!({"tenant": "x", "account_code": "ACME", "list_items": [minimal_item()]}).to_string();
    for length in [1, whole.len() / 2, whole.len() - 1] {
        assert_not_json(&whole.as_bytes()[..length], "application/json").await;
    }
}

#[tokio::test]
async fn deeply_nested_body_is_not_json() {
    assert_not_json("[".repeat(100_000).as_bytes(), "application/json").await;
    assert_not_json("{\"a\":".repeat(100_000).as_bytes(), "application/json").await;
}

#[tokio::test]
async fn deeply_nested_value_is_refused() {
    let tenant = TestTenant::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        format!(r#"{{"list_items": {deep}}}"#),
        format!(r#"{{"list_items": [{{"contact_name": {deep}}}]}}"#),
        format!(r#"{{"tenant": {deep}}}"#),
    ] {
        assert!([200, 400].contains(&tenant.send(UPSERT, body).await.status));
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn response_to_a_deeply_nested_request_is_parsable() {
    let tenant = TestTenant::new().await;
    for depth in [200, 100_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(tenant.send(DELETE, format!(r#"{{"contacts": {deep}}}"#)).await.result_code(), 1);
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_not_json() {
    for content_type in ["application/json", "application/octet-stream"] {
        assert_not_json(&[0xff, 0xfe, 0x00, 0x80], content_type).await;
        let name = b"{\"account_code\": \"ACME\", \"list_items\": [{\"contact_name\": \"\xd0\"}]}";
        assert_not_json(name, content_type).await;
    }
}

#[tokio::test]
async fn compressed_body_is_not_json() {
    let tenant = TestTenant::new().await;
    let bearer = format!("Bearer {}", tenant.token());
    let headers =
        [("authorization", &*bearer), ("content-type", "application/json"), ("content-encoding", "gzip")];
    // The output of `printf {} | gzip -n`.
    let body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    let response = tenant.send_with_headers(UPSERT, &headers, body).await;
    assert_eq!((response.status, response.body), (400, json!({"error": "Wrong JSON body"})));
    assert_eq!(tenant.send_with_headers(DELETE, &headers, body).await.result_code(), 1);
}

#[tokio::test]
async fn body_encoded_in_base64_by_the_gateway_is_decoded() {
    let tenant = TestTenant::new().await;
    let body =
        json!({"account_code": "ACME", "list_items": [item_with(&json!({"contact_name": "Анна 🙂"}))]});
    let response = tenant.send_as(UPSERT, "application/octet-stream", body.to_string()).await;
    assert_eq!(response.results()[0]["extended_info"], "created");
    assert_eq!(tenant.table.contact_of(&response.results()[0]).await["contact_name"], "Анна 🙂");
    let contacts = contact_ids_of(response.results());
    let body = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": contacts});
    assert_eq!(tenant.send_as(DELETE, "application/octet-stream", body.to_string()).await.result_code(), 0);
}

#[tokio::test]
async fn field_of_5_mb_is_refused_with_a_short_error() {
    let tenant = TestTenant::new().await;
    let junk = "x".repeat(5_000_000);
    for field in ["contact_name", "contact_desc", "contact_type", "link_id", "account_code"] {
        let result = tenant.upsert_one(&item_with(&json!({field: junk}))).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field}");
        assert!(expect_str(&result["error"]).len() < 300, "{field}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn param_name_of_5_mb_is_shortened_in_the_response() {
    let tenant = TestTenant::new().await;
    let junk = "x".repeat(5_000_000);
    let response = tenant.upsert(&json!({&*junk: 1, "list_items": [minimal_item()]})).await;
    assert_eq!(response.status, 400);
    assert!(response.text.len() < 300);
    let response =
        tenant.delete(&json!({"tenant": tenant.name(), "account_code": junk, "contacts": []})).await;
    assert_eq!(response.status, 400);
    assert_fits_lambda(&response);
}

#[tokio::test]
async fn response_of_10_000_errors_fits_the_lambda_limit() {
    let tenant = TestTenant::new().await;
    let name = "\u{1}".repeat(64);
    let items: Vec<_> = (1..=10_000).map(|number| json!({"link_id": link_id(number), &*name: 1})).collect();
    let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    assert_eq!(response.results().len(), 10_000);
    assert_fits_lambda(&response);
}

#[tokio::test]
async fn errors_that_list_40_contact_types_fit_the_lambda_limit() {
    let words: Vec<_> = (0..40).map(|number| format!("quite_a_long_word_{number:02}")).collect();
    let types = ContactTypes::parse(&[vec!["main_contact".to_owned()], words].concat()).unwrap();
    let tenant = TestTenant::with_settings("Europe/Kiev", types).await;
    let items = vec![item_with(&json!({"contact_type": "boss"})); 10_000];
    let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    assert_eq!(response.results().len(), 10_000);
    assert_fits_lambda(&response);
}

#[tokio::test]
async fn duplicate_param_is_refused() {
    let tenant = TestTenant::new().await;
    let item = minimal_item().to_string();
    let body = format!(r#"{{"account_code": "ACME", "list_items": [{item}], "list_items": [{item}]}}"#);
    let response = tenant.send(UPSERT, body).await;
    assert_eq!(response.status, 400);
    assert!(expect_str(&response.body["error"]).contains("`list_items`"));
    let body = format!(
        r#"{{"tenant": "{}", "account_code": "A", "account_code": "B", "contacts": [{{"contact_id": 6}}]}}"#,
        tenant.name()
    );
    let response = tenant.send(DELETE, body).await;
    assert_eq!((response.result_code(), response.invalid_params()), (1, vec!["account_code"]));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn duplicate_tenant_cannot_bypass_the_token() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    for names in [[tenant.name(), other.name()], [other.name(), tenant.name()]] {
        let [first, second] = names;
        let head = format!(r#""tenant": "{first}", "tenant": "{second}", "account_code": "ACME""#);
        let upsert = tenant.send(UPSERT, format!(r#"{{{head}, "list_items": [{}]}}"#, minimal_item())).await;
        assert!([400, 401].contains(&upsert.status));
        let delete = tenant.send(DELETE, format!(r#"{{{head}, "contacts": [{{"contact_id": 6}}]}}"#)).await;
        assert!([400, 401].contains(&delete.status));
    }
    assert_eq!(other.table.accounts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn duplicate_field_is_an_error_of_its_item() {
    let tenant = TestTenant::new().await;
    let twice = r#"{"contact_name": "Ann", "contact_mobile_num": "067_1", "contact_name": "Bob"}"#;
    let escaped = r#"{"contact_name": "Ann", "contact_mobile_num": "067_1", "contact\u005fname": "Bob"}"#;
    let body =
        format!(r#"{{"account_code": "ACME", "list_items": [{twice}, {escaped}, {}]}}"#, minimal_item());
    let response = tenant.send(UPSERT, body).await;
    let words: Vec<_> = response.results().iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["invalid_entity_data", "invalid_entity_data", "created"]);
    for result in &response.results()[..2] {
        assert!(expect_str(&result["error"]).starts_with("`contact_name` "), "{result}");
    }
}

#[tokio::test]
async fn lone_surrogate_is_never_stored() {
    let tenant = TestTenant::new().await;
    let item = r#"{"contact_name": "\ud83d", "contact_mobile_num": "067_1"}"#;
    let response =
        tenant.send(UPSERT, format!(r#"{{"account_code": "ACME", "list_items": [{item}]}}"#)).await;
    assert!([200, 400].contains(&response.status));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn text_in_any_script_round_trips() {
    let tenant = TestTenant::new().await;
    for text in
        ["Олена Їжакевич", "李小龍", "👩‍👩‍👧‍👦🇺🇦", "e\u{301}é", "مرحبا", "<b>\"'\\/&amp;", "x\u{2028}y\u{feff}z"]
    {
        let item = json!({"contact_name": text, "contact_mobile_num": text, "contact_desc": text,
            "contact_email": format!("{text}@{text}"), "account_name": text});
        let created = tenant.upsert_one(&item).await;
        assert_eq!(created["extended_info"], "created", "{text}: {created}");
        let body =
            json!({"tenant": tenant.name(), "account_name": text, "contacts": contact_ids_of([&created])});
        let response = tenant.delete(&body).await;
        let deleted = &response.deleted()[0];
        for field in ["contact_name", "contact_mobile_num", "contact_desc", "contact_email"] {
            assert_eq!(deleted[field], item[field]);
        }
    }
}

#[tokio::test]
async fn white_space_and_param_order_are_ignored() {
    let tenant = TestTenant::new().await;
    let body =
        format!("\r\n\t {{ \"list_items\" : [ {} ] ,\n\"account_code\":\"ACME\" }} \n", minimal_item());
    assert_eq!(tenant.send(UPSERT, body).await.results()[0]["extended_info"], "created");
}

#[tokio::test]
async fn content_type_is_ignored() {
    let tenant = TestTenant::new().await;
    let body = json!({"account_code": "ACME", "list_items": [minimal_item()]}).to_string();
    for content_type in ["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded"]
    {
        assert_eq!(tenant.send_as(UPSERT, content_type, &*body).await.status, 200, "{content_type}");
    }
}
