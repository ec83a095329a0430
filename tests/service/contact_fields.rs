//! The fields of a contact: their allowed values, and how an update changes them.

use contacts_core::domain::ContactTypes;
use contacts_tests::{TestTenant, UPSERT, expect_str, item_with, link_id, minimal_item, without};
use serde_json::{Value, json};

/// Sends one item for each value, all in one list, and returns the results.
async fn send_each(tenant: &TestTenant, field: &str, values: &[Value]) -> Vec<Value> {
    let item = |(number, value)| item_with(&json!({"link_id": link_id(number), field: value}));
    let items: Vec<_> = (1..).zip(values).map(item).collect();
    tenant.upsert_items(&items).await
}

/// Checks that each value is stored as its expected value.
async fn assert_stored(field: &str, values_and_stored: &[(Value, Value)]) {
    let tenant = TestTenant::new().await;
    let values: Vec<_> = values_and_stored.iter().map(|(value, _)| value.clone()).collect();
    for (result, (value, stored)) in send_each(&tenant, field, &values).await.iter().zip(values_and_stored) {
        assert_eq!(result["extended_info"], "created", "{value} {result}");
        assert_eq!(tenant.table.contact_of(result).await[field], *stored, "{value}");
    }
}

/// Checks that each value is refused with an error that names the field, and that nothing is stored.
async fn assert_refused(field: &str, values: &[Value]) {
    let tenant = TestTenant::new().await;
    for (result, value) in send_each(&tenant, field, values).await.iter().zip(values) {
        assert_eq!(result["success"], false, "{field} {value}");
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field} {value}");
        let error = expect_str(&result["error"]);
        assert!(error.starts_with(&format!("`{field}` ")), "{field} {value}: {error}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

fn unchanged(values: impl IntoIterator<Item = Value>) -> Vec<(Value, Value)> {
    values.into_iter().map(|value| (value.clone(), value)).collect()
}

#[tokio::test]
async fn name_has_1_to_256_characters() {
    let kept = [
        json!("A"),
        json!("a".repeat(256)),
        json!("я".repeat(256)),
        json!("🙂".repeat(256)),
        json!("O'Neil \"x\""),
    ];
    assert_stored("contact_name", &unchanged(kept)).await;
    assert_refused("contact_name", &[json!(""), json!("a".repeat(257)), json!("🙂".repeat(257))]).await;
}

#[tokio::test]
async fn name_is_trimmed_before_its_length_is_checked() {
    let padded = format!("   {}   ", "a".repeat(256));
    assert_stored(
        "contact_name",
        &[(json!("  Ann B  "), json!("Ann B")), (json!(padded), json!("a".repeat(256)))],
    )
    .await;
    assert_refused("contact_name", &[json!("   "), json!("\u{a0}\u{2003}")]).await;
}

#[tokio::test]
async fn mobile_number_has_1_to_64_characters_of_any_kind() {
    let kept = [json!("6"), json!("67_1"), json!("+380 (67) 123-45-67 доб. 3"), json!("6".repeat(64))];
    assert_stored("contact_mobile_num", &unchanged(kept)).await;
    assert_stored("contact_mobile_num", &[(json!("  67_1 "), json!("67_1"))]).await;
    assert_refused("contact_mobile_num", &[json!(""), json!("  "), json!("6".repeat(65))]).await;
}

#[tokio::test]
async fn numeric_mobile_number_is_stored_as_its_digits() {
    assert_stored("contact_mobile_num", &[(json!(0), json!("0")), (json!(380_671), json!("380671"))]).await;
}

#[tokio::test]
async fn numeric_mobile_number_keeps_all_of_64_digits() {
    let tenant = TestTenant::new().await;
    let digits = "9007199254740993".repeat(4);
    let body = |digits: &str| {
        let item = format!(r#"{{"contact_name": "Ann", "contact_mobile_num": {digits}}}"#);
        format!(r#"{{"account_code": "ACME", "list_items": [{item}]}}"#)
    };
    let response = tenant.send(UPSERT, body(&digits)).await;
    let stored = tenant.table.contact_of(&response.results()[0]).await;
    assert_eq!(stored["contact_mobile_num"], digits);
    let response = tenant.send(UPSERT, body(&"9".repeat(65))).await;
    assert_eq!(response.results()[0]["extended_info"], "invalid_entity_data");
}

#[tokio::test]
async fn fractional_or_negative_mobile_number_is_refused() {
    assert_refused("contact_mobile_num", &[json!(1.5), json!(-1), json!(1e30)]).await;
}

#[tokio::test]
async fn contact_type_defaults_to_main_contact() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&minimal_item()).await;
    assert_eq!(tenant.table.contact_of(&result).await["contact_type"], "main_contact");
}

#[tokio::test]
async fn contact_type_must_be_in_the_default_dictionary() {
    assert_stored("contact_type", &unchanged(["main_contact", "tech_spec", "manager"].map(Value::from)))
        .await;
    assert_refused("contact_type", &["boss", "", "Manager", " manager"].map(Value::from)).await;
}

#[tokio::test]
async fn contact_type_must_be_in_the_dictionary_of_the_tenant() {
    let words = ["main_contact", "директор"].map(str::to_owned);
    let tenant = TestTenant::with_settings("Europe/Kiev", ContactTypes::parse(&words).unwrap()).await;
    let results = send_each(&tenant, "contact_type", &["директор", "manager"].map(Value::from)).await;
    assert_eq!(results[0]["extended_info"], "created");
    assert_eq!(results[1]["error"], "`contact_type` must be one of main_contact, директор");
}

#[tokio::test]
async fn email_has_text_on_both_sides_of_one_at() {
    assert_stored("contact_email", &unchanged(["email@com1", "a@b", "анна@пошта.укр"].map(Value::from)))
        .await;
    assert_refused("contact_email", &["", "a", "@", "a@", "@b", "a@b@c", "a@@b"].map(Value::from)).await;
}

#[tokio::test]
async fn email_has_at_most_254_characters() {
    assert_stored("contact_email", &unchanged([json!(format!("{}@b", "я".repeat(252)))])).await;
    assert_refused("contact_email", &[json!(format!("{}@b", "a".repeat(253)))]).await;
}

#[tokio::test]
async fn description_has_at_most_2048_characters() {
    assert_stored("contact_desc", &unchanged([json!("desc"), json!("я".repeat(2048))])).await;
    assert_refused("contact_desc", &[json!("a".repeat(2049))]).await;
}

#[tokio::test]
async fn optional_fields_may_be_null_on_creation() {
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
async fn value_of_the_wrong_type_is_refused() {
    let wrong = [json!(true), json!([]), json!({}), json!(["Ann"])];
    for field in ["contact_name", "contact_mobile_num", "contact_type", "contact_email", "contact_desc"] {
        assert_refused(field, &wrong).await;
    }
    for field in
        ["contact_name", "contact_type", "contact_email", "contact_desc", "account_code", "account_name"]
    {
        assert_refused(field, &[json!(5)]).await;
    }
    for field in ["account_id", "account_code", "account_name"] {
        assert_refused(field, &wrong).await;
    }
}

#[tokio::test]
async fn link_id_must_be_a_uuid() {
    let tenant = TestTenant::new().await;
    for wrong in [json!("x"), json!(""), json!(5), json!({}), json!("91c615e3-1040-4815-8ecb-039a18b756bg")] {
        let result = tenant.upsert_one(&item_with(&json!({"link_id": wrong}))).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{wrong}");
        assert_eq!(result["link_id"], Value::Null, "{wrong}");
        assert!(expect_str(&result["error"]).starts_with("`link_id` "), "{wrong}");
    }
}

#[tokio::test]
async fn contact_id_must_be_an_integer_from_1_to_2_pow_53_minus_1() {
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
    for unknown in [json!(1), json!("1"), json!(9_007_199_254_740_991_u64), json!("9007199254740991")] {
        let result = tenant.upsert_one(&item_with(&json!({"contact_id": unknown}))).await;
        assert_eq!(result["extended_info"], "entity_not_found", "{unknown}");
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
async fn unknown_field_is_refused_by_name() {
    for field in ["contact_nmae", "Contact_desc", "tenant", "contacts", "revision", "created_by", "pk"] {
        assert_refused(field, &[json!("x"), Value::Null]).await;
    }
}

#[tokio::test]
async fn creation_requires_a_name_and_a_mobile_number() {
    let tenant = TestTenant::new().await;
    for field in ["contact_name", "contact_mobile_num"] {
        let item = without(item_with(&json!({"link_id": link_id(1)})), field);
        let result = tenant.upsert_one(&item).await;
        assert_eq!(result["extended_info"], "invalid_entity_data");
        assert!(expect_str(&result["error"]).starts_with(&format!("`{field}` ")), "{result}");
    }
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn update_keeps_fields_that_it_omits() {
    let tenant = TestTenant::new().await;
    let whole = item_with(&json!({
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
        item_with(&json!({"link_id": link_id(1), "contact_email": "ann@acme", "contact_desc": "desc"}));
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
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    for field in ["contact_name", "contact_mobile_num", "contact_type"] {
        let result = tenant.upsert_one(&json!({"link_id": link_id(1), field: null})).await;
        assert_eq!(result["extended_info"], "invalid_entity_data", "{field}");
    }
    assert_eq!(tenant.table.contact_of(&created).await, before);
}

#[tokio::test]
async fn invalid_field_prevents_every_write_of_its_item() {
    let tenant = TestTenant::new().await;
    let created = tenant.upsert_one(&item_with(&json!({"link_id": link_id(1)}))).await;
    let before = tenant.table.contact_of(&created).await;
    let half = json!({"link_id": link_id(1), "contact_name": "Bob", "contact_email": "none"});
    assert_eq!(tenant.upsert_one(&half).await["extended_info"], "invalid_entity_data");
    assert_eq!(tenant.table.contact_of(&created).await, before);
}
