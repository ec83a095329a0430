//! The fields of a contact: what each may hold, and what an update makes of it.

use contacts::domain::ContactTypes;
use contacts_tests::{TestTenant, UPSERT, ann, ann_with, link_id, text, without};
use serde_json::{Value, json};

/// Sends one item for each value, all in one list, and returns the results.
async fn send_each(tenant: &TestTenant, field: &str, values: &[Value]) -> Vec<Value> {
    let item = |(number, value)| ann_with(&json!({"link_id": link_id(number), field: value}));
    let items: Vec<_> = (1..).zip(values).map(item).collect();
    tenant.upsert_items(&items).await
}

/// Every value must be stored as it is expected.
async fn assert_stored(field: &str, values_and_stored: &[(Value, Value)]) {
    let tenant = TestTenant::new().await;
    let values: Vec<_> = values_and_stored.iter().map(|(value, _)| value.clone()).collect();
    for (result, (value, stored)) in send_each(&tenant, field, &values).await.iter().zip(values_and_stored) {
        assert_eq!(result["extended_info"], "created", "{value} {result}");
        assert_eq!(tenant.table.contact_of(result).await[field], *stored, "{value}");
    }
}

/// Every value must be refused, by a sentence that names the field, and none of it stored.
async fn assert_refused(field: &str, values: &[Value]) {
    let tenant = TestTenant::new().await;
    for (result, value) in send_each(&tenant, field, values).await.iter().zip(values) {
        assert_eq!(result["success"], false, "{field} {value}");
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field} {value}");
        let error = text(&result["error"]);
        assert!(error.starts_with(&format!("`{field}` ")), "{field} {value}: {error}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

fn same(values: impl IntoIterator<Item = Value>) -> Vec<(Value, Value)> {
    values.into_iter().map(|value| (value.clone(), value)).collect()
}

#[tokio::test]
async fn a_name_has_1_to_256_characters() {
    let kept = [
        json!("A"),
        json!("a".repeat(256)),
        json!("я".repeat(256)),
        json!("🙂".repeat(256)),
        json!("O'Neil \"x\""),
    ];
    assert_stored("contact_name", &same(kept)).await;
    assert_refused("contact_name", &[json!(""), json!("a".repeat(257)), json!("🙂".repeat(257))]).await;
}

#[tokio::test]
async fn a_name_is_trimmed_before_it_is_counted() {
    let padded = format!("   {}   ", "a".repeat(256));
    assert_stored(
        "contact_name",
        &[(json!("  Ann B  "), json!("Ann B")), (json!(padded), json!("a".repeat(256)))],
    )
    .await;
    assert_refused("contact_name", &[json!("   "), json!("\u{a0}\u{2003}")]).await;
}

#[tokio::test]
async fn a_mobile_number_has_1_to_64_characters_of_any_kind() {
    let kept = [json!("6"), json!("67_1"), json!("+380 (67) 123-45-67 доб. 3"), json!("6".repeat(64))];
    assert_stored("contact_mobile_num", &same(kept)).await;
    assert_stored("contact_mobile_num", &[(json!("  67_1 "), json!("67_1"))]).await;
    assert_refused("contact_mobile_num", &[json!(""), json!("  "), json!("6".repeat(65))]).await;
}

#[tokio::test]
async fn a_mobile_number_that_is_a_number_is_kept_as_its_digits() {
    assert_stored("contact_mobile_num", &[(json!(0), json!("0")), (json!(380_671), json!("380671"))]).await;
}

#[tokio::test]
async fn a_mobile_number_keeps_each_of_64_digits() {
    let tenant = TestTenant::new().await;
    let digits = "9007199254740993".repeat(4);
    let body = |digits: &str| {
        let item = format!(r#"{{"contact_name": "Ann", "contact_mobile_num": {digits}}}"#);
        format!(r#"{{"account_code": "ACME", "list_items": [{item}]}}"#)
    };
    let answer = tenant.send(UPSERT, body(&digits)).await;
    let stored = tenant.table.contact_of(&answer.results()[0]).await;
    assert_eq!(stored["contact_mobile_num"], digits);
    let answer = tenant.send(UPSERT, body(&"9".repeat(65))).await;
    assert_eq!(answer.results()[0]["extended_info"], "invalid_entity_data");
}

#[tokio::test]
async fn a_mobile_number_that_is_no_whole_number_is_refused() {
    assert_refused("contact_mobile_num", &[json!(1.5), json!(-1), json!(1e30)]).await;
}

#[tokio::test]
async fn a_contact_is_a_main_contact_by_default() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&ann()).await;
    assert_eq!(tenant.table.contact_of(&result).await["contact_type"], "main_contact");
}

#[tokio::test]
async fn a_contact_type_is_a_word_of_the_default_dictionary() {
    assert_stored("contact_type", &same(["main_contact", "tech_spec", "manager"].map(Value::from))).await;
    assert_refused("contact_type", &["boss", "", "Manager", " manager"].map(Value::from)).await;
}

#[tokio::test]
async fn a_contact_type_is_a_word_of_the_tenants_own_dictionary() {
    let words = ["main_contact", "директор"].map(str::to_owned);
    let tenant = TestTenant::with("Europe/Kiev", ContactTypes::parse(&words).unwrap()).await;
    let results = send_each(&tenant, "contact_type", &["директор", "manager"].map(Value::from)).await;
    assert_eq!(results[0]["extended_info"], "created");
    assert_eq!(results[1]["error"], "`contact_type` must be one of main_contact, директор");
}

#[tokio::test]
async fn an_email_has_text_on_both_sides_of_one_at() {
    assert_stored("contact_email", &same(["email@com1", "a@b", "анна@пошта.укр"].map(Value::from))).await;
    assert_refused("contact_email", &["", "a", "@", "a@", "@b", "a@b@c", "a@@b"].map(Value::from)).await;
}

#[tokio::test]
async fn an_email_has_at_most_254_characters() {
    assert_stored("contact_email", &same([json!(format!("{}@b", "я".repeat(252)))])).await;
    assert_refused("contact_email", &[json!(format!("{}@b", "a".repeat(253)))]).await;
}

#[tokio::test]
async fn a_description_has_at_most_2048_characters() {
    assert_stored("contact_desc", &same([json!("desc"), json!("я".repeat(2048))])).await;
    assert_refused("contact_desc", &[json!("a".repeat(2049))]).await;
}

#[tokio::test]
async fn optional_fields_may_be_null_from_the_start() {
    assert_stored("contact_email", &[(Value::Null, Value::Null)]).await;
    assert_stored("contact_desc", &[(Value::Null, Value::Null)]).await;
}

#[tokio::test]
async fn required_fields_and_the_type_may_not_be_null() {
    for field in ["contact_name", "contact_mobile_num", "contact_type"] {
        assert_refused(field, &[Value::Null]).await;
    }
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused() {
    let never = [json!(true), json!([]), json!({}), json!(["Ann"])];
    for field in ["contact_name", "contact_mobile_num", "contact_type", "contact_email", "contact_desc"] {
        assert_refused(field, &never).await;
    }
    for field in
        ["contact_name", "contact_type", "contact_email", "contact_desc", "account_code", "account_name"]
    {
        assert_refused(field, &[json!(5)]).await;
    }
    for field in ["account_id", "account_code", "account_name"] {
        assert_refused(field, &never).await;
    }
}

#[tokio::test]
async fn a_link_id_is_a_uuid() {
    let tenant = TestTenant::new().await;
    for wrong in [json!("x"), json!(""), json!(5), json!({}), json!("91c615e3-1040-4815-8ecb-039a18b756bg")] {
        let result = tenant.upsert_one(&ann_with(&json!({"link_id": wrong}))).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{wrong}");
        assert_eq!(result["link_id"], Value::Null, "{wrong}");
        assert!(text(&result["error"]).starts_with("`link_id` "), "{wrong}");
    }
}

#[tokio::test]
async fn a_contact_id_is_an_integer_from_1_to_2_to_the_53_less_1() {
    let wrong = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!("0"),
        json!("six"),
        json!(""),
        json!("9007199254740992"),
        json!(true),
        json!([6]),
    ];
    assert_refused("contact_id", &wrong).await;
    let tenant = TestTenant::new().await;
    for known_to_none in [json!(1), json!("1"), json!(9_007_199_254_740_991_u64), json!("9007199254740991")] {
        let result = tenant.upsert_one(&ann_with(&json!({"contact_id": known_to_none}))).await;
        assert_eq!(result["extended_info"], "entity_not_found", "{known_to_none}");
    }
}

#[tokio::test]
async fn control_characters_are_refused_everywhere() {
    for character in ['\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}'] {
        for field in [
            "contact_name",
            "contact_mobile_num",
            "contact_desc",
            "account_code",
            "account_name",
            "contact_type",
        ] {
            let inside = json!(format!("a{character}b"));
            let at_the_end = json!(format!("a{character}"));
            assert_refused(field, &[inside, at_the_end]).await;
        }
        assert_refused("contact_email", &[json!(format!("a@b{character}c"))]).await;
    }
}

#[tokio::test]
async fn a_field_that_nobody_declared_is_refused_by_name() {
    for field in ["contact_nmae", "Contact_desc", "tenant", "contacts", "revision", "created_by", "pk"] {
        assert_refused(field, &[json!("x"), Value::Null]).await;
    }
}

#[tokio::test]
async fn a_name_and_a_number_are_required_to_create_a_contact() {
    let tenant = TestTenant::new().await;
    for field in ["contact_name", "contact_mobile_num"] {
        let item = without(ann_with(&json!({"link_id": link_id(1)})), field);
        let result = tenant.upsert_one(&item).await;
        assert_eq!(result["extended_info"], "invalid_entity_data");
        assert!(text(&result["error"]).starts_with(&format!("`{field}` ")), "{result}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_field_that_is_missing_in_an_update_stays_as_it_is() {
    let tenant = TestTenant::new().await;
    let whole = ann_with(&json!({
        "link_id": link_id(1),
        "contact_type": "manager",
        "contact_email": "ann@acme",
        "contact_desc": "desc",
    }));
    let result = tenant.upsert_one(&whole).await;
    let mut expected = tenant.table.contact_of(&result).await;
    for (field, value) in [
        ("contact_name", "Bob"),
        ("contact_mobile_num", "067_2"),
        ("contact_type", "tech_spec"),
        ("contact_email", "bob@acme"),
        ("contact_desc", ""),
    ] {
        let result = tenant.upsert_one(&json!({"link_id": link_id(1), field: value})).await;
        assert_eq!(result["extended_info"], "updated", "{result}");
        let stored = tenant.table.contact_of(&result).await;
        expected[field] = json!(value);
        expected["revision"] = stored["revision"].clone();
        assert_eq!(stored, expected);
    }
}

#[tokio::test]
async fn null_clears_an_optional_field() {
    let tenant = TestTenant::new().await;
    let whole =
        ann_with(&json!({"link_id": link_id(1), "contact_email": "ann@acme", "contact_desc": "desc"}));
    tenant.upsert_one(&whole).await;
    let result = tenant.upsert_one(&json!({"link_id": link_id(1), "contact_email": null})).await;
    assert_eq!(result["extended_info"], "updated");
    let stored = tenant.table.contact_of(&result).await;
    assert_eq!((&stored["contact_email"], &stored["contact_desc"]), (&Value::Null, &json!("desc")));
    tenant.upsert_one(&json!({"link_id": link_id(1), "contact_desc": null})).await;
    assert_eq!(tenant.table.contact_of(&result).await["contact_desc"], Value::Null);
}

#[tokio::test]
async fn null_does_not_clear_a_required_field() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    for field in ["contact_name", "contact_mobile_num", "contact_type"] {
        let result = tenant.upsert_one(&json!({"link_id": link_id(1), field: null})).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field}");
    }
    assert_eq!(tenant.table.contact_of(&created).await, before);
}

#[tokio::test]
async fn a_bad_field_leaves_the_rest_of_its_item_unwritten_too() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&ann_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    let half = json!({"link_id": link_id(1), "contact_name": "Bob", "contact_email": "none"});
    assert_eq!(tenant.upsert_one(&half).await["extended_info"], "invalid_entity_data");
    assert_eq!(tenant.table.contact_of(&created).await, before);
}
