//! Deletes: their effect, and every error.

use contacts_tests::{
    ApiResponse, DELETE, TestTenant, contact_ids_of, expect_str, item_with, link_id, merged, minimal_item,
    numbered_items, without,
};
use reqwest::Method;
use serde_json::{Value, json};

/// The errors in the contract's table of results: HTTP status, code and text.
const VALIDATION_FAILED: (u16, u64, &str) = (400, 1, "validation failed");
const NO_CONTACTS: (u16, u64, &str) = (400, 2, "no contacts in the request");
const TOO_MANY: (u16, u64, &str) = (400, 3, "to many contacts in the request");
const NOT_FOUND: (u16, u64, &str) = (404, 4, "contacts not found");
const NOT_ALL_FOUND: (u16, u64, &str) = (404, 5, "not all contacts found");

/// A tenant with contacts 1 to 3 of the account `ACME` and contact 4 of `OTHER`.
struct Stored {
    tenant: TestTenant,
    /// The `contact_id` of each, as a delete selects it.
    ids: Vec<Value>,
}

impl Stored {
    async fn new() -> Self {
        let tenant = TestTenant::new().await;
        let mut items = numbered_items(1..=4);
        items[3]["account_code"] = json!("OTHER");
        let results = tenant.upsert_items(&items).await;
        Self { ids: contact_ids_of(&results), tenant }
    }

    /// Sends a body and checks that the response is this error and that nothing is deleted.
    async fn assert_fails(&self, body: &Value, error: (u16, u64, &str)) -> ApiResponse {
        let response = self.tenant.delete(body).await;
        assert_error(&response, error);
        assert_eq!(response.body["DeleteAccountContacts"]["request"], *body);
        assert_eq!(self.tenant.table.contacts().await.len(), 4, "{body}");
        response
    }

    /// A body that deletes these contacts of `ACME`.
    fn body(&self, contacts: &[Value]) -> Value {
        json!({"tenant": self.tenant.name(), "account_code": "ACME", "contacts": contacts})
    }

    /// [`Self::body`] for the first contact, with these params added or replaced.
    fn body_with(&self, params: &Value) -> Value {
        merged(self.body(&self.ids[..1]), params)
    }

    /// [`Self::body`] for the first contact, without this param.
    fn body_without(&self, param: &str) -> Value {
        without(self.body_with(&json!({})), param)
    }
}

fn assert_error(response: &ApiResponse, (status, code, text): (u16, u64, &str)) {
    let result = &response.body["processing_result"];
    assert_eq!((response.status, &result["text"]), (status, &json!(text)), "{}", response.text);
    assert_eq!((&result["code"], &result["status"]), (&json!(code), &json!("error")));
    assert_eq!(response.deleted(), Vec::<Value>::new());
    assert_eq!(expect_str(&response.body["processing_date"]).len(), "2019-11-16 15:17:23".len());
    assert_eq!(response.body["DeleteAccountContacts"]["TZ"], "Europe/Kiev");
}

#[tokio::test]
async fn deleted_contacts_are_returned_in_request_order() {
    let stored = Stored::new().await;
    let tenant = &stored.tenant;
    tenant.upsert_one(&json!({"link_id": link_id(3), "contact_name": "Cid", "contact_email": "c@d"})).await;
    let response = tenant.delete_contacts(&[stored.ids[2].clone(), stored.ids[0].clone()]).await;
    assert_eq!((response.status, response.result_code()), (200, 0));
    assert_eq!(response.body["processing_result"], json!({"text": "success", "status": "ok", "code": 0}));
    let third = json!({
        "contact_id": stored.ids[2]["contact_id"],
        "link_id": link_id(3),
        "contact_name": "Cid",
        "contact_mobile_num": "3",
        "contact_type": "main_contact",
        "contact_email": "c@d",
        "contact_desc": null,
    });
    let first = json!({
        "contact_id": stored.ids[0]["contact_id"],
        "link_id": link_id(1),
        "contact_name": "Contact 1",
        "contact_mobile_num": "1",
        "contact_type": "main_contact",
        "contact_email": null,
        "contact_desc": null,
    });
    assert_eq!(response.deleted(), [third, first]);
    let left: Vec<_> = tenant.table.revisions().await.into_keys().collect();
    assert_eq!(left, [link_id(2), link_id(4)]);
}

#[tokio::test]
async fn deleted_contact_is_not_found() {
    let stored = Stored::new().await;
    let body = stored.body(&stored.ids[..3]);
    assert_eq!(stored.tenant.delete(&body).await.result_code(), 0);
    assert_error(&stored.tenant.delete(&body).await, NOT_FOUND);
}

#[tokio::test]
async fn contact_is_selected_by_contact_id_link_id_or_both() {
    let stored = Stored::new().await;
    let digits = stored.ids[1]["contact_id"].to_string();
    let both = json!({"contact_id": stored.ids[2]["contact_id"], "link_id": link_id(3)});
    let contacts = [json!({"link_id": link_id(1)}), json!({"contact_id": digits}), both];
    let response = stored.tenant.delete_contacts(&contacts).await;
    let deleted: Vec<_> = response.deleted().iter().map(|contact| contact["link_id"].clone()).collect();
    assert_eq!(deleted, [link_id(1), link_id(2), link_id(3)]);
}

#[tokio::test]
async fn account_is_selected_by_id_code_name_or_several() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_id": "3"}),
        json!({"account_code": "ACME"}),
        json!({"account_name": "Acme Ltd"}),
        json!({"account_id": "3", "account_code": "ACME", "account_name": "Acme Ltd"}),
    ] {
        let created = tenant.upsert_one(&minimal_item()).await;
        let body = merged(json!({"tenant": tenant.name(), "contacts": contact_ids_of([&created])}), &account);
        assert_eq!(tenant.delete(&body).await.result_code(), 0, "{account}");
    }
}

#[tokio::test]
async fn delete_method_deletes_as_post_does() {
    let stored = Stored::new().await;
    let body = stored.body(&stored.ids[..1]).to_string();
    let response = stored.tenant.send((Method::DELETE, "/contacts"), body).await;
    assert_eq!((response.status, response.result_code(), response.deleted().len()), (200, 0, 1));
    assert_eq!(stored.tenant.table.contacts().await.len(), 3);
}

#[tokio::test]
async fn response_repeats_the_request_verbatim() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&minimal_item()).await;
    let contacts = r#""contacts":[ {"contact_id" : "12"}],"#;
    let account = r#""account_code": "\u0041CME","#;
    let request = format!("{{ {contacts}\n {account} \"tenant\": \"{}\"}}", tenant.name());
    let response = tenant.send(DELETE, request.clone()).await;
    assert_error(&response, NOT_FOUND);
    assert!(response.text.contains(&request), "{}", response.text);
}

#[tokio::test]
async fn processing_date_is_in_the_time_zone_of_the_tenant() {
    let tenant =
        TestTenant::with_settings("Asia/Kathmandu", contacts_core::domain::ContactTypes::default()).await;
    let begun = jiff::Timestamp::now();
    let response = tenant.delete_contacts(&[]).await;
    let ended = jiff::Timestamp::now();
    assert_eq!(response.body["DeleteAccountContacts"]["TZ"], "Asia/Kathmandu");
    let zone = jiff::tz::TimeZone::get("Asia/Kathmandu").unwrap();
    let local_time =
        |moment: jiff::Timestamp| moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let date = expect_str(&response.body["processing_date"]);
    assert!(*local_time(begun) <= *date && *date <= *local_time(ended), "{date}");
}

#[tokio::test]
async fn moved_contact_is_deleted_from_its_new_account() {
    let stored = Stored::new().await;
    stored.tenant.upsert_one(&json!({"link_id": link_id(1), "account_code": "OTHER"})).await;
    stored.assert_fails(&stored.body(&stored.ids[..1]), NOT_FOUND).await;
    let body = stored.body_with(&json!({"account_code": "OTHER"}));
    assert_eq!(stored.tenant.delete(&body).await.result_code(), 0);
}

#[tokio::test]
async fn body_that_is_not_a_json_object_fails_validation() {
    let stored = Stored::new().await;
    for text in ["", "{", "contacts", "{} {}"] {
        let response = stored.tenant.send(DELETE, text).await;
        assert_error(&response, VALIDATION_FAILED);
        assert_eq!(response.invalid_params(), ["body"], "{text}");
        assert_eq!(response.body["DeleteAccountContacts"]["request"], Value::Null);
    }
    for body in [json!([]), json!("x"), json!(1), Value::Null] {
        let response = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(response.invalid_params(), ["body"], "{body}");
    }
}

#[tokio::test]
async fn missing_or_wrong_tenant_fails_validation() {
    let stored = Stored::new().await;
    for wrong in [Value::Null, json!(1), json!([]), json!({}), json!(true)] {
        let body = stored.body_with(&json!({"tenant": wrong}));
        let response = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(response.invalid_params(), ["tenant"], "{body}");
    }
    let response = stored.assert_fails(&stored.body_without("tenant"), VALIDATION_FAILED).await;
    assert_eq!(response.invalid_params(), ["tenant"]);
}

#[tokio::test]
async fn missing_account_fails_validation() {
    let stored = Stored::new().await;
    let response = stored.assert_fails(&stored.body_without("account_code"), VALIDATION_FAILED).await;
    let details = &response.body["processing_result"]["details"];
    let expected = json!([{"param": "account_id, account_code, account_name", "error": "one of them must be given", "code": "missing"}]);
    assert_eq!(*details, expected);
}

#[tokio::test]
async fn malformed_account_param_fails_validation() {
    let stored = Stored::new().await;
    for (param, value) in [
        ("account_id", json!("three")),
        ("account_id", json!(0)),
        ("account_id", json!(1.5)),
        ("account_id", json!([3])),
        ("account_code", json!(5)),
        ("account_code", json!("")),
        ("account_name", json!({})),
        ("account_name", json!("a\nb")),
    ] {
        let response =
            stored.assert_fails(&stored.body_with(&json!({param: value})), VALIDATION_FAILED).await;
        assert_eq!(response.invalid_params(), [param], "{value}");
    }
}

#[tokio::test]
async fn contacts_of_the_wrong_type_fail_validation() {
    let stored = Stored::new().await;
    for wrong in [json!({}), json!("6"), json!(6), json!(true)] {
        let body = stored.body_with(&json!({"contacts": wrong}));
        let response = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(response.invalid_params(), ["contacts"], "{body}");
    }
}

#[tokio::test]
async fn every_invalid_contact_is_listed() {
    let stored = Stored::new().await;
    let contacts = [
        stored.ids[0].clone(),
        json!({"contact_id": "six"}),
        json!({"contact_id": 0}),
        json!({"contact_id": 6.5}),
        json!({"link_id": "x"}),
        json!({"contact_name": "Ann"}),
        json!({}),
        json!(6),
        Value::Null,
    ];
    let response = stored.assert_fails(&stored.body(&contacts), VALIDATION_FAILED).await;
    let expected = [
        "contacts[1].contact_id",
        "contacts[2].contact_id",
        "contacts[3].contact_id",
        "contacts[4].link_id",
        "contacts[5].contact_name",
        "contacts[6]",
        "contacts[7]",
        "contacts[8]",
    ];
    assert_eq!(response.invalid_params(), expected);
}

#[tokio::test]
async fn unknown_param_fails_validation() {
    let stored = Stored::new().await;
    let response = stored.assert_fails(&stored.body_with(&json!({"contact": []})), VALIDATION_FAILED).await;
    assert_eq!(response.invalid_params(), ["contact"]);
}

#[tokio::test]
async fn every_invalid_param_is_listed() {
    let stored = Stored::new().await;
    let body = json!({"account_id": "three", "contacts": 6, "dry_run": true});
    let response = stored.assert_fails(&body, VALIDATION_FAILED).await;
    let mut params = response.invalid_params();
    params.sort_unstable();
    assert_eq!(params, ["account_id", "contacts", "dry_run", "tenant"]);
    let details = response.body["processing_result"]["details"].as_array().unwrap();
    assert!(details.iter().all(|detail| detail["error"].as_str().is_some_and(|error| !error.is_empty())));
}

#[tokio::test]
async fn unknown_account_fails_validation() {
    let stored = Stored::new().await;
    for unknown in
        [json!({"account_code": "NONE"}), json!({"account_name": "None Ltd"}), json!({"account_id": 3})]
    {
        let body = merged(stored.body_without("account_code"), &unknown);
        let response = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(response.invalid_params().len(), 1, "{unknown}");
        assert!(response.invalid_params()[0].contains("account_"), "{unknown}");
    }
    let both = stored.body_with(&json!({"account_id": 3}));
    stored.assert_fails(&both, VALIDATION_FAILED).await;
    assert_eq!(stored.tenant.table.accounts().await.len(), 2, "a delete creates no account");
}

#[tokio::test]
async fn conflicting_account_params_fail_validation() {
    let stored = Stored::new().await;
    stored.tenant.register_account(3, None, Some("Third Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_name": "Third Ltd"}),
        json!({"account_name": "Nobody's name"}),
        json!({"account_code": "OTHER", "account_id": "3"}),
    ] {
        let response = stored.assert_fails(&stored.body_with(&account), VALIDATION_FAILED).await;
        assert!(response.invalid_params()[0].contains("account_"), "{account}");
    }
}

#[tokio::test]
async fn missing_or_empty_contacts_are_no_contacts() {
    let stored = Stored::new().await;
    stored.assert_fails(&stored.body(&[]), NO_CONTACTS).await;
    stored.assert_fails(&stored.body_without("contacts"), NO_CONTACTS).await;
}

#[tokio::test]
async fn contact_selected_twice_is_too_many() {
    let stored = Stored::new().await;
    let first = stored.ids[0].clone();
    let digits = json!({"contact_id": first["contact_id"].to_string()});
    for twice in [
        [first.clone(), first.clone()],
        [first.clone(), digits],
        [first, json!({"link_id": link_id(1)})],
        [json!({"link_id": link_id(1)}), json!({"link_id": link_id(1)})],
        [json!({"contact_id": 6}), json!({"contact_id": "6"})],
    ] {
        stored.assert_fails(&stored.body(&twice), TOO_MANY).await;
    }
}

#[tokio::test]
async fn more_than_10_000_contacts_are_too_many() {
    let stored = Stored::new().await;
    let contacts: Vec<_> = (1..=10_001).map(|number| json!({"link_id": link_id(number)})).collect();
    stored.assert_fails(&stored.body(&contacts), TOO_MANY).await;
}

#[tokio::test]
async fn contacts_partly_on_other_accounts_are_too_many() {
    let stored = Stored::new().await;
    stored.assert_fails(&stored.body(&stored.ids), TOO_MANY).await;
    let reversed = [stored.ids[3].clone(), stored.ids[0].clone()];
    stored.assert_fails(&stored.body(&reversed), TOO_MANY).await;
}

#[tokio::test]
async fn contacts_are_not_found_if_the_account_has_none_of_them() {
    let stored = Stored::new().await;
    let (nowhere, elsewhere) = (json!({"contact_id": 6}), stored.ids[3].clone());
    stored.assert_fails(&stored.body(std::slice::from_ref(&nowhere)), NOT_FOUND).await;
    stored.assert_fails(&stored.body(std::slice::from_ref(&elsewhere)), NOT_FOUND).await;
    stored.assert_fails(&stored.body(&[nowhere, elsewhere]), NOT_FOUND).await;
    stored.assert_fails(&stored.body(&[json!({"link_id": link_id(9)})]), NOT_FOUND).await;
}

#[tokio::test]
async fn contacts_are_not_all_found_if_one_does_not_exist() {
    let stored = Stored::new().await;
    let (nowhere, elsewhere) = (json!({"contact_id": 6}), stored.ids[3].clone());
    let own = stored.ids[0].clone();
    stored.assert_fails(&stored.body(&[own.clone(), nowhere.clone()]), NOT_ALL_FOUND).await;
    stored.assert_fails(&stored.body(&[nowhere, elsewhere, own]), NOT_ALL_FOUND).await;
}

#[tokio::test]
async fn none_of_250_contacts_is_deleted_if_one_is_missing() {
    let tenant = TestTenant::new().await;
    let results = tenant.upsert_items(&numbered_items(1..=250)).await;
    let mut contacts = contact_ids_of(&results);
    contacts.push(json!({"contact_id": 6}));
    assert_error(&tenant.delete_contacts(&contacts).await, NOT_ALL_FOUND);
    assert_eq!(tenant.table.contacts().await.len(), 250);
}

#[tokio::test]
async fn list_of_250_contacts_is_deleted_in_request_order() {
    let tenant = TestTenant::new().await;
    let mut results = tenant.upsert_items(&numbered_items(1..=250)).await;
    results.reverse();
    let response = tenant.delete_contacts(&contact_ids_of(&results)).await;
    assert_eq!(response.result_code(), 0);
    let deleted: Vec<_> = response.deleted().iter().map(|contact| &contact["contact_id"]).collect();
    let selected: Vec<_> = results.iter().map(|result| &result["contact_id"]).collect();
    assert_eq!(deleted, selected);
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn selector_with_ids_of_two_contacts_deletes_neither() {
    let stored = Stored::new().await;
    let mixed = json!({"contact_id": stored.ids[0]["contact_id"], "link_id": link_id(2)});
    stored.assert_fails(&stored.body(&[mixed]), NOT_FOUND).await;
}

#[tokio::test]
async fn deleted_contact_is_returned_with_every_field() {
    let tenant = TestTenant::new().await;
    let item =
        item_with(&json!({"contact_type": "manager", "contact_email": "a@b", "contact_desc": "\"д\\🙂\""}));
    let created = tenant.upsert_one(&item).await;
    let response = tenant.delete_contacts(&contact_ids_of([&created])).await;
    let deleted = &response.deleted()[0];
    for (field, value) in item.as_object().unwrap() {
        assert_eq!(deleted[field], *value, "{field}");
    }
}
