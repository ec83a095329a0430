//! Bodies as they come in the wild: broken, enormous, binary, in any script. There is always an answer.

use contacts::domain::ContactTypes;
use contacts_tests::{Answer, DELETE, TestTenant, UPSERT, ann, ann_with, contacts_named, link_id, text};
use serde_json::{Value, json};

/// How many bytes of an answer a function may hand to Lambda (6 MB, "Lambda quotas").
const LAMBDA_LIMIT: usize = 6 * 1024 * 1024;

/// Both operations must refuse this body as no JSON.
async fn assert_no_json(body: &[u8], content_type: &str) {
    let tenant = TestTenant::new().await;
    let upsert = tenant.send_as(UPSERT, content_type, body).await;
    assert_eq!((upsert.status, upsert.body), (400, json!({"error": "Wrong JSON body"})));
    let delete = tenant.send_as(DELETE, content_type, body).await;
    assert_eq!((delete.status, delete.code(), delete.wrong_params()), (400, 1, vec!["body"]));
}

/// An answer goes to Lambda as a string in a JSON object.
fn assert_fits_lambda(answer: &Answer) {
    let size = Value::from(&*answer.text).to_string().len();
    assert!(size < LAMBDA_LIMIT - 1024, "{size} bytes");
}

#[tokio::test]
async fn an_empty_body_is_no_json() {
    assert_no_json(b"", "application/json").await;
}

#[tokio::test]
async fn a_truncated_body_is_no_json() {
    let whole = json!({"tenant": "x", "account_code": "ACME", "list_items": [ann()]}).to_string();
    for length in [1, whole.len() / 2, whole.len() - 1] {
        assert_no_json(&whole.as_bytes()[..length], "application/json").await;
    }
}

#[tokio::test]
async fn a_deeply_nested_body_is_no_json() {
    assert_no_json("[".repeat(100_000).as_bytes(), "application/json").await;
    assert_no_json("{\"a\":".repeat(100_000).as_bytes(), "application/json").await;
}

#[tokio::test]
async fn a_deeply_nested_value_is_refused() {
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
async fn an_answer_nests_no_deeper_than_json_readers_go() {
    let tenant = TestTenant::new().await;
    for depth in [200, 100_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(tenant.send(DELETE, format!(r#"{{"contacts": {deep}}}"#)).await.code(), 1);
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_no_json() {
    assert_no_json(&[0xff, 0xfe, 0x00, 0x80], "application/octet-stream").await;
    let name = b"{\"account_code\": \"ACME\", \"list_items\": [{\"contact_name\": \"\xd0\"}]}";
    assert_no_json(name, "application/octet-stream").await;
}

#[tokio::test]
async fn a_body_that_the_gateway_encodes_in_base64_is_read() {
    let tenant = TestTenant::new().await;
    let body = json!({"account_code": "ACME", "list_items": [ann_with(&json!({"contact_name": "Анна 🙂"}))]});
    let answer = tenant.send_as(UPSERT, "application/octet-stream", body.to_string()).await;
    assert_eq!(answer.results()[0]["extended_info"], "created");
    assert_eq!(tenant.table.contact_of(&answer.results()[0]).await["contact_name"], "Анна 🙂");
    let contacts = contacts_named(answer.results());
    let body = json!({"tenant": tenant.name(), "account_code": "ACME", "contacts": contacts});
    assert_eq!(tenant.send_as(DELETE, "application/octet-stream", body.to_string()).await.code(), 0);
}

#[tokio::test]
async fn a_string_of_5_mb_is_refused_where_it_stands() {
    let tenant = TestTenant::new().await;
    let junk = "x".repeat(5_000_000);
    for field in ["contact_name", "contact_desc", "contact_type", "link_id", "account_code"] {
        let result = tenant.upsert_one(&ann_with(&json!({field: junk}))).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field}");
        assert!(text(&result["error"]).len() < 300, "{field}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_name_of_5_mb_is_not_repeated_whole() {
    let tenant = TestTenant::new().await;
    let junk = "x".repeat(5_000_000);
    let answer = tenant.upsert(&json!({&*junk: 1, "list_items": [ann()]})).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.len() < 300);
    let answer = tenant.delete(&json!({"tenant": tenant.name(), "account_code": junk, "contacts": []})).await;
    assert_eq!(answer.status, 400);
    assert_fits_lambda(&answer);
}

#[tokio::test]
async fn ten_thousand_errors_fit_into_what_lambda_hands_on() {
    let tenant = TestTenant::new().await;
    let name = "\u{1}".repeat(64);
    let items: Vec<_> = (1..=10_000).map(|number| json!({"link_id": link_id(number), &*name: 1})).collect();
    let answer = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    assert_eq!(answer.results().len(), 10_000);
    assert_fits_lambda(&answer);
}

#[tokio::test]
async fn ten_thousand_errors_about_a_long_dictionary_fit_into_what_lambda_hands_on() {
    let words: Vec<_> = (0..40).map(|number| format!("quite_a_long_word_{number:02}")).collect();
    let types = ContactTypes::parse(&[vec!["main_contact".to_owned()], words].concat()).unwrap();
    let tenant = TestTenant::with("Europe/Kiev", types).await;
    let items = vec![ann_with(&json!({"contact_type": "boss"})); 10_000];
    let answer = tenant.upsert(&json!({"account_code": "ACME", "list_items": items})).await;
    assert_eq!(answer.results().len(), 10_000);
    assert_fits_lambda(&answer);
}

#[tokio::test]
async fn a_param_given_twice_is_refused() {
    let tenant = TestTenant::new().await;
    let item = ann().to_string();
    let body = format!(r#"{{"account_code": "ACME", "list_items": [{item}], "list_items": [{item}]}}"#);
    let answer = tenant.send(UPSERT, body).await;
    assert_eq!(answer.status, 400);
    assert!(text(&answer.body["error"]).contains("`list_items`"));
    let body = format!(
        r#"{{"tenant": "{}", "account_code": "A", "account_code": "B", "contacts": [{{"contact_id": 6}}]}}"#,
        tenant.name()
    );
    let answer = tenant.send(DELETE, body).await;
    assert_eq!((answer.code(), answer.wrong_params()), (1, vec!["account_code"]));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_tenant_given_twice_does_not_slip_past_the_token() {
    let (tenant, other) = (TestTenant::new().await, TestTenant::new().await);
    for names in [[tenant.name(), other.name()], [other.name(), tenant.name()]] {
        let [first, second] = names;
        let head = format!(r#""tenant": "{first}", "tenant": "{second}", "account_code": "ACME""#);
        let upsert = tenant.send(UPSERT, format!(r#"{{{head}, "list_items": [{}]}}"#, ann())).await;
        assert!([400, 401].contains(&upsert.status));
        let delete = tenant.send(DELETE, format!(r#"{{{head}, "contacts": [{{"contact_id": 6}}]}}"#)).await;
        assert!([400, 401].contains(&delete.status));
    }
    assert_eq!(other.table.accounts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_field_given_twice_is_that_items_fault() {
    let tenant = TestTenant::new().await;
    let twice = r#"{"contact_name": "Ann", "contact_mobile_num": "067_1", "contact_name": "Bob"}"#;
    let escaped = r#"{"contact_name": "Ann", "contact_mobile_num": "067_1", "contact\u005fname": "Bob"}"#;
    let body = format!(r#"{{"account_code": "ACME", "list_items": [{twice}, {escaped}, {}]}}"#, ann());
    let answer = tenant.send(UPSERT, body).await;
    let words: Vec<_> = answer.results().iter().map(|result| &result["extended_info"]).collect();
    assert_eq!(words, ["invalid_entity_data", "invalid_entity_data", "created"]);
    for result in &answer.results()[..2] {
        assert!(text(&result["error"]).starts_with("`contact_name` "), "{result}");
    }
}

#[tokio::test]
async fn half_of_a_surrogate_pair_is_no_text() {
    let tenant = TestTenant::new().await;
    let item = r#"{"contact_name": "\ud83d", "contact_mobile_num": "067_1"}"#;
    let answer = tenant.send(UPSERT, format!(r#"{{"account_code": "ACME", "list_items": [{item}]}}"#)).await;
    assert!([200, 400].contains(&answer.status));
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn text_in_any_script_comes_back_as_it_was_sent() {
    let tenant = TestTenant::new().await;
    for text in
        ["Олена Їжакевич", "李小龍", "👩‍👩‍👧‍👦🇺🇦", "e\u{301}é", "مرحبا", "<b>\"'\\/&amp;", "x\u{2028}y\u{feff}z"]
    {
        let item = json!({"contact_name": text, "contact_mobile_num": text, "contact_desc": text,
            "contact_email": format!("{text}@{text}"), "account_name": text});
        let created = tenant.upsert_one(&item).await;
        assert_eq!(created["extended_info"], "created", "{text}: {created}");
        let body =
            json!({"tenant": tenant.name(), "account_name": text, "contacts": contacts_named([&created])});
        let answer = tenant.delete(&body).await;
        let told = &answer.deleted()[0];
        for field in ["contact_name", "contact_mobile_num", "contact_desc", "contact_email"] {
            assert_eq!(told[field], item[field]);
        }
    }
}

#[tokio::test]
async fn white_space_and_the_order_of_params_mean_nothing() {
    let tenant = TestTenant::new().await;
    let body = format!("\r\n\t {{ \"list_items\" : [ {} ] ,\n\"account_code\":\"ACME\" }} \n", ann());
    assert_eq!(tenant.send(UPSERT, body).await.results()[0]["extended_info"], "created");
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let tenant = TestTenant::new().await;
    let body = json!({"account_code": "ACME", "list_items": [ann()]}).to_string();
    for content_type in ["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded"]
    {
        assert_eq!(tenant.send_as(UPSERT, content_type, &*body).await.status, 200, "{content_type}");
    }
}
