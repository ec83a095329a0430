//! What a delete does, and every way in which it can fail.

use contacts_tests::{
    Answer, DELETE, TestTenant, ann, ann_with, contacts_named, link_id, numbered_items, text, with, without,
};
use reqwest::Method;
use serde_json::{Value, json};

/// The rows of the contract's table that are errors.
const VALIDATION_FAILED: (u16, u64, &str) = (400, 1, "validation failed");
const NO_CONTACTS: (u16, u64, &str) = (400, 2, "no contacts in the request");
const TOO_MANY: (u16, u64, &str) = (400, 3, "to many contacts in the request");
const NOT_FOUND: (u16, u64, &str) = (404, 4, "contacts not found");
const NOT_ALL_FOUND: (u16, u64, &str) = (404, 5, "not all contacts found");

/// A tenant with contacts 1 to 3 on `ACME`, 4 on `OTHER`, and what they look like.
struct Stored {
    tenant: TestTenant,
    ids: Vec<Value>,
}

impl Stored {
    async fn new() -> Self {
        let tenant = TestTenant::new().await;
        let mut items = numbered_items(1..=4);
        items[3]["account_code"] = json!("OTHER");
        let results = tenant.upsert_items(&items).await;
        Self { ids: contacts_named(&results), tenant }
    }

    /// Sends a body, and holds its answer against a row of the table; nothing may be deleted.
    async fn assert_fails(&self, body: &Value, row: (u16, u64, &str)) -> Answer {
        let answer = self.tenant.delete(body).await;
        assert_row(&answer, row);
        assert_eq!(answer.body["DeleteAccountContacts"]["request"], *body);
        assert_eq!(self.tenant.table.contacts().await.len(), 4, "{body}");
        answer
    }

    /// A body that deletes contacts of `ACME`.
    fn body(&self, contacts: &[Value]) -> Value {
        json!({"tenant": self.tenant.name(), "account_code": "ACME", "contacts": contacts})
    }

    /// [`Self::body`] for the first contact, with these params too, or with these instead.
    fn body_with(&self, params: &Value) -> Value {
        with(self.body(&self.ids[..1]), params)
    }

    /// [`Self::body`] for the first contact, without this param.
    fn body_without(&self, param: &str) -> Value {
        without(self.body_with(&json!({})), param)
    }
}

fn assert_row(answer: &Answer, (status, code, word): (u16, u64, &str)) {
    let result = &answer.body["processing_result"];
    assert_eq!((answer.status, &result["text"]), (status, &json!(word)), "{}", answer.text);
    assert_eq!((&result["code"], &result["status"]), (&json!(code), &json!("error")));
    assert_eq!(answer.deleted(), Vec::<Value>::new());
    assert_eq!(text(&answer.body["processing_date"]).len(), "2019-11-16 15:17:23".len());
    assert_eq!(answer.body["DeleteAccountContacts"]["TZ"], "Europe/Kiev");
}

#[tokio::test]
async fn deleted_contacts_are_gone_and_told_in_request_order_as_they_were() {
    let stored = Stored::new().await;
    let tenant = &stored.tenant;
    tenant.upsert_one(&json!({"link_id": link_id(3), "contact_name": "Cid", "contact_email": "c@d"})).await;
    let answer = tenant.delete_contacts(&[stored.ids[2].clone(), stored.ids[0].clone()]).await;
    assert_eq!((answer.status, answer.code()), (200, 0));
    assert_eq!(answer.body["processing_result"], json!({"text": "success", "status": "ok", "code": 0}));
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
    assert_eq!(answer.deleted(), [third, first]);
    let left: Vec<_> = tenant.table.revisions().await.into_keys().collect();
    assert_eq!(left, [link_id(2), link_id(4)]);
}

#[tokio::test]
async fn what_is_deleted_is_not_found_again() {
    let stored = Stored::new().await;
    let body = stored.body(&stored.ids[..3]);
    assert_eq!(stored.tenant.delete(&body).await.code(), 0);
    assert_row(&stored.tenant.delete(&body).await, NOT_FOUND);
}

#[tokio::test]
async fn a_contact_is_named_by_contact_id_or_link_id_or_both() {
    let stored = Stored::new().await;
    let digits = stored.ids[1]["contact_id"].to_string();
    let both = json!({"contact_id": stored.ids[2]["contact_id"], "link_id": link_id(3)});
    let contacts = [json!({"link_id": link_id(1)}), json!({"contact_id": digits}), both];
    let answer = stored.tenant.delete_contacts(&contacts).await;
    let told: Vec<_> = answer.deleted().iter().map(|contact| contact["link_id"].clone()).collect();
    assert_eq!(told, [link_id(1), link_id(2), link_id(3)]);
}

#[tokio::test]
async fn the_account_is_named_by_its_id_its_code_its_name_or_several() {
    let tenant = TestTenant::new().await;
    tenant.register_account(3, Some("ACME"), Some("Acme Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_id": "3"}),
        json!({"account_code": "ACME"}),
        json!({"account_name": "Acme Ltd"}),
        json!({"account_id": "3", "account_code": "ACME", "account_name": "Acme Ltd"}),
    ] {
        let created = tenant.upsert_one(&ann()).await;
        let body = with(json!({"tenant": tenant.name(), "contacts": contacts_named([&created])}), &account);
        assert_eq!(tenant.delete(&body).await.code(), 0, "{account}");
    }
}

#[tokio::test]
async fn a_delete_by_the_delete_method_is_the_same() {
    let stored = Stored::new().await;
    let body = stored.body(&stored.ids[..1]).to_string();
    let answer = stored.tenant.send((Method::DELETE, "/contacts"), body).await;
    assert_eq!((answer.status, answer.code(), answer.deleted().len()), (200, 0, 1));
    assert_eq!(stored.tenant.table.contacts().await.len(), 3);
}

#[tokio::test]
async fn the_request_is_repeated_as_it_came() {
    let tenant = TestTenant::new().await;
    tenant.upsert_one(&ann()).await;
    let contacts = r#""contacts":[ {"contact_id" : "12"}],"#;
    let account = r#""account_code": "\u0041CME","#;
    let request = format!("{{ {contacts}\n {account} \"tenant\": \"{}\"}}", tenant.name());
    let answer = tenant.send(DELETE, request.clone()).await;
    assert_row(&answer, NOT_FOUND);
    assert!(answer.text.contains(&request), "{}", answer.text);
}

#[tokio::test]
async fn the_clock_is_the_tenants() {
    let tenant = TestTenant::with("Asia/Kathmandu", contacts::domain::ContactTypes::default()).await;
    let begun = jiff::Timestamp::now();
    let answer = tenant.delete_contacts(&[]).await;
    let ended = jiff::Timestamp::now();
    assert_eq!(answer.body["DeleteAccountContacts"]["TZ"], "Asia/Kathmandu");
    let zone = jiff::tz::TimeZone::get("Asia/Kathmandu").unwrap();
    let clock =
        |moment: jiff::Timestamp| moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let date = text(&answer.body["processing_date"]);
    assert!(*clock(begun) <= *date && *date <= *clock(ended), "{date}");
}

#[tokio::test]
async fn a_moved_contact_is_deleted_from_its_new_account() {
    let stored = Stored::new().await;
    stored.tenant.upsert_one(&json!({"link_id": link_id(1), "account_code": "OTHER"})).await;
    stored.assert_fails(&stored.body(&stored.ids[..1]), NOT_FOUND).await;
    let body = stored.body_with(&json!({"account_code": "OTHER"}));
    assert_eq!(stored.tenant.delete(&body).await.code(), 0);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_fails_validation() {
    let stored = Stored::new().await;
    for text in ["", "{", "contacts", "{} {}"] {
        let answer = stored.tenant.send(DELETE, text).await;
        assert_row(&answer, VALIDATION_FAILED);
        assert_eq!(answer.wrong_params(), ["body"], "{text}");
        assert_eq!(answer.body["DeleteAccountContacts"]["request"], Value::Null);
    }
    for body in [json!([]), json!("x"), json!(1), Value::Null] {
        let answer = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(answer.wrong_params(), ["body"], "{body}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_missing_or_wrong_fails_validation() {
    let stored = Stored::new().await;
    for wrong in [Value::Null, json!(1), json!([]), json!({}), json!(true)] {
        let body = stored.body_with(&json!({"tenant": wrong}));
        let answer = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(answer.wrong_params(), ["tenant"], "{body}");
    }
    let answer = stored.assert_fails(&stored.body_without("tenant"), VALIDATION_FAILED).await;
    assert_eq!(answer.wrong_params(), ["tenant"]);
}

#[tokio::test]
async fn a_missing_account_fails_validation() {
    let stored = Stored::new().await;
    let answer = stored.assert_fails(&stored.body_without("account_code"), VALIDATION_FAILED).await;
    let details = &answer.body["processing_result"]["details"];
    let expected =
        json!([{"param": "account_id, account_code, account_name", "error": "one of them must be given"}]);
    assert_eq!(*details, expected);
}

#[tokio::test]
async fn an_account_param_of_the_wrong_type_or_form_fails_validation() {
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
        let answer = stored.assert_fails(&stored.body_with(&json!({param: value})), VALIDATION_FAILED).await;
        assert_eq!(answer.wrong_params(), [param], "{value}");
    }
}

#[tokio::test]
async fn contacts_of_the_wrong_type_fail_validation() {
    let stored = Stored::new().await;
    for wrong in [json!({}), json!("6"), json!(6), json!(true)] {
        let body = stored.body_with(&json!({"contacts": wrong}));
        let answer = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(answer.wrong_params(), ["contacts"], "{body}");
    }
}

#[tokio::test]
async fn each_contact_that_is_wrong_is_listed() {
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
    let answer = stored.assert_fails(&stored.body(&contacts), VALIDATION_FAILED).await;
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
    assert_eq!(answer.wrong_params(), expected);
}

#[tokio::test]
async fn a_param_nobody_declared_fails_validation() {
    let stored = Stored::new().await;
    let answer = stored.assert_fails(&stored.body_with(&json!({"contact": []})), VALIDATION_FAILED).await;
    assert_eq!(answer.wrong_params(), ["contact"]);
}

#[tokio::test]
async fn every_param_that_is_wrong_is_listed_at_once() {
    let stored = Stored::new().await;
    let body = json!({"account_id": "three", "contacts": 6, "dry_run": true});
    let answer = stored.assert_fails(&body, VALIDATION_FAILED).await;
    let mut params = answer.wrong_params();
    params.sort_unstable();
    assert_eq!(params, ["account_id", "contacts", "dry_run", "tenant"]);
    let details = answer.body["processing_result"]["details"].as_array().unwrap();
    assert!(details.iter().all(|detail| detail["error"].as_str().is_some_and(|error| !error.is_empty())));
}

#[tokio::test]
async fn an_unknown_account_fails_validation() {
    let stored = Stored::new().await;
    for unknown in
        [json!({"account_code": "NONE"}), json!({"account_name": "None Ltd"}), json!({"account_id": 3})]
    {
        let body = with(stored.body_without("account_code"), &unknown);
        let answer = stored.assert_fails(&body, VALIDATION_FAILED).await;
        assert_eq!(answer.wrong_params().len(), 1, "{unknown}");
        assert!(answer.wrong_params()[0].contains("account_"), "{unknown}");
    }
    let both = stored.body_with(&json!({"account_id": 3}));
    stored.assert_fails(&both, VALIDATION_FAILED).await;
    assert_eq!(stored.tenant.table.accounts().await.len(), 2, "a delete creates no account");
}

#[tokio::test]
async fn accounts_that_disagree_fail_validation() {
    let stored = Stored::new().await;
    stored.tenant.register_account(3, None, Some("Third Ltd")).await;
    for account in [
        json!({"account_id": 3}),
        json!({"account_name": "Third Ltd"}),
        json!({"account_name": "Nobody's name"}),
        json!({"account_code": "OTHER", "account_id": "3"}),
    ] {
        let answer = stored.assert_fails(&stored.body_with(&account), VALIDATION_FAILED).await;
        assert!(answer.wrong_params()[0].contains("account_"), "{account}");
    }
}

#[tokio::test]
async fn contacts_that_are_missing_or_empty_are_no_contacts() {
    let stored = Stored::new().await;
    stored.assert_fails(&stored.body(&[]), NO_CONTACTS).await;
    stored.assert_fails(&stored.body_without("contacts"), NO_CONTACTS).await;
}

#[tokio::test]
async fn a_contact_named_twice_is_too_many() {
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
async fn contacts_none_of_which_is_on_the_account_are_not_found() {
    let stored = Stored::new().await;
    let (nowhere, elsewhere) = (json!({"contact_id": 6}), stored.ids[3].clone());
    stored.assert_fails(&stored.body(std::slice::from_ref(&nowhere)), NOT_FOUND).await;
    stored.assert_fails(&stored.body(std::slice::from_ref(&elsewhere)), NOT_FOUND).await;
    stored.assert_fails(&stored.body(&[nowhere, elsewhere]), NOT_FOUND).await;
    stored.assert_fails(&stored.body(&[json!({"link_id": link_id(9)})]), NOT_FOUND).await;
}

#[tokio::test]
async fn contacts_some_of_which_exist_nowhere_are_not_all_found() {
    let stored = Stored::new().await;
    let (nowhere, elsewhere) = (json!({"contact_id": 6}), stored.ids[3].clone());
    let own = stored.ids[0].clone();
    stored.assert_fails(&stored.body(&[own.clone(), nowhere.clone()]), NOT_ALL_FOUND).await;
    stored.assert_fails(&stored.body(&[nowhere, elsewhere, own]), NOT_ALL_FOUND).await;
}

#[tokio::test]
async fn of_250_contacts_none_is_deleted_if_one_is_missing() {
    let tenant = TestTenant::new().await;
    let results = tenant.upsert_items(&numbered_items(1..=250)).await;
    let mut contacts = contacts_named(&results);
    contacts.push(json!({"contact_id": 6}));
    assert_row(&tenant.delete_contacts(&contacts).await, NOT_ALL_FOUND);
    assert_eq!(tenant.table.contacts().await.len(), 250);
}

#[tokio::test]
async fn two_hundred_and_fifty_contacts_are_deleted_in_request_order() {
    let tenant = TestTenant::new().await;
    let mut results = tenant.upsert_items(&numbered_items(1..=250)).await;
    results.reverse();
    let answer = tenant.delete_contacts(&contacts_named(&results)).await;
    assert_eq!(answer.code(), 0);
    let told: Vec<_> = answer.deleted().iter().map(|contact| &contact["contact_id"]).collect();
    let asked: Vec<_> = results.iter().map(|result| &result["contact_id"]).collect();
    assert_eq!(told, asked);
    assert_eq!(tenant.table.contacts().await, Vec::<Value>::new());
}

#[tokio::test]
async fn ids_of_two_contacts_in_one_selector_delete_neither() {
    let stored = Stored::new().await;
    let mixed = json!({"contact_id": stored.ids[0]["contact_id"], "link_id": link_id(2)});
    stored.assert_fails(&stored.body(&[mixed]), NOT_FOUND).await;
}

#[tokio::test]
async fn a_contact_with_every_field_is_told_with_every_field() {
    let tenant = TestTenant::new().await;
    let item =
        ann_with(&json!({"contact_type": "manager", "contact_email": "a@b", "contact_desc": "\"д\\🙂\""}));
    let created = tenant.upsert_one(&item).await;
    let answer = tenant.delete_contacts(&contacts_named([&created])).await;
    let told = &answer.deleted()[0];
    for (field, value) in item.as_object().unwrap() {
        assert_eq!(told[field], *value, "{field}");
    }
}
