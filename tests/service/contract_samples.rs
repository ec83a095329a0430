//! The samples of the contract, word for word.

use contacts_tests::{TestTenant, UPSERT, expect_str, item_with};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

const B1: &str = "91c615e3-1040-4815-8ecb-039a18b756b1";
const B2: &str = "91c615e3-1040-4815-8ecb-039a18b756b2";
const B3: &str = "91c615e3-1040-4815-8ecb-039a18b756b3";
const B4: &str = "91c615e3-1040-4815-8ecb-039a18b756b4";
const B5: &str = "91c615e3-1040-4815-8ecb-039a18b756b5";

/// The fields of a result that the samples show.
fn sample_fields(result: &Value) -> Value {
    json!({
        "link_id": result["link_id"],
        "success": result["success"],
        "extended_info": result["extended_info"],
    })
}

fn response_of(results: &[Value]) -> Value {
    json!({"result": results.iter().map(sample_fields).collect::<Vec<_>>()})
}

fn four_contacts() -> Vec<Value> {
    [B1, B2, B3, B4].map(|link_id| item_with(&json!({"link_id": link_id}))).to_vec()
}

#[tokio::test]
async fn created_contact_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let request = json!({
        "tenant": tenant.name(),
        "account_code": "ACME",
        "list_items": [
            {"link_id": B5, "contact_name": "Ann", "contact_mobile_num": "067_1", "contact_type": "tech_spec"}
        ]
    });
    let response = tenant.upsert(&request).await;
    let sample = json!({"result": [{"link_id": B5, "success": true, "extended_info": "created"}]});
    assert_eq!(response_of(response.results()), sample);
}

#[tokio::test]
async fn four_upserted_contacts_match_the_contract_samples() {
    let tenant = TestTenant::new().await;
    for outcome in ["created", "updated"] {
        let results = tenant.upsert_items(&four_contacts()).await;
        let sample = json!({"result": [
            {"link_id": B1, "success": true, "extended_info": outcome},
            {"link_id": B2, "success": true, "extended_info": outcome},
            {"link_id": B3, "success": true, "extended_info": outcome},
            {"link_id": B4, "success": true, "extended_info": outcome},
        ]});
        assert_eq!(response_of(&results), sample);
    }
}

#[tokio::test]
async fn invalid_data_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let result = tenant.upsert_one(&json!({"link_id": B1, "contact_name": "Ann"})).await;
    let sample = json!({"link_id": B1, "success": false, "extended_info": "invalid_entity_data"});
    assert_eq!(sample_fields(&result), sample);
}

#[tokio::test]
async fn result_has_only_documented_fields() {
    let tenant = TestTenant::new().await;
    let good = item_with(&json!({"link_id": B1}));
    let results = tenant.upsert_items(&[good, json!({"link_id": B2})]).await;
    let names = |result: &Value| result.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&results[0]),
        ["account_id", "changed", "contact_id", "extended_info", "link_id", "success"]
    );
    assert_eq!(names(&results[1]), ["code", "error", "extended_info", "link_id", "param", "success"]);
}

#[tokio::test]
async fn wrong_body_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let response = tenant.send(UPSERT, "").await;
    assert_eq!((response.status, response.body), (400, json!({"error": "Wrong JSON body"})));
}

#[tokio::test]
async fn missing_param_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let response = tenant.upsert(&json!({"account_code": "ACME"})).await;
    let sample = json!({"error": "Wrong JSON body: no value for `list_items`"});
    assert_eq!((response.status, response.body), (400, sample));
}

#[tokio::test]
async fn param_of_the_wrong_type_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let response = tenant.upsert(&json!({"account_code": "ACME", "list_items": "Ann"})).await;
    let sample = json!({"error": "Wrong JSON body: value `list_items` was of the wrong type"});
    assert_eq!((response.status, response.body), (400, sample));
}

#[tokio::test]
async fn unauthorized_request_matches_the_contract_sample() {
    let tenant = TestTenant::new().await;
    let response = tenant.send_with_headers(UPSERT, &[("content-type", "application/json")], "{}").await;
    assert_eq!((response.status, response.body), (401, json!({"error": "Log In"})));
}

#[tokio::test]
async fn delete_matches_the_contract_sample() {
    let (link_of_6, link_of_9) =
        ("bd1dc1a4-5e0b-4f6d-8f0a-000000000006", "bd1dc1a4-5e0b-4f6d-8f0a-000000000009");
    let tenant = TestTenant::demo();
    tenant.register_account(3, None, None).await;
    tenant
        .table
        .seed_contact(&json!({
            "contact_id": 9,
            "link_id": link_of_9,
            "account_id": 3,
            "contact_type": "tech_spec",
            "contact_name": "contact1",
            "contact_mobile_num": "67_1",
            "contact_email": "email@com1",
            "contact_desc": "desc",
        }))
        .await;
    tenant
        .table
        .seed_contact(&json!({
            "contact_id": 6,
            "link_id": link_of_6,
            "account_id": 3,
            "contact_type": "tech_spec",
            "contact_name": "Name6",
            "contact_mobile_num": "067_1",
            "contact_email": "email@com",
            "contact_desc": "desc",
        }))
        .await;
    let begun = Timestamp::now();
    let response = tenant
        .delete(&json!({
            "tenant": "zegoal",
            "account_id": "3",
            "contacts": [{"contact_id": 6}, {"contact_id": 9}]
        }))
        .await;
    let ended = Timestamp::now();
    assert_eq!(response.status, 200, "{}", response.text);

    let date = expect_str(&response.body["processing_date"]);
    let kiev = TimeZone::get("Europe/Kiev").unwrap();
    let local_time = |second| Timestamp::from_second(second).unwrap().to_zoned(kiev.clone());
    let mut times = (begun.as_second()..=ended.as_second()).map(local_time);
    assert!(times.any(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string() == date), "{date}");

    let sample = json!({
        "processing_result": {"text": "success", "status": "ok", "code": 0},
        "processing_date": date,
        "DeleteAccountContacts": {
            "response": {
                "deleted_contacts": [
                    {
                        "contact_type": "tech_spec",
                        "contact_name": "Name6",
                        "contact_mobile_num": "067_1",
                        "contact_id": 6,
                        "contact_email": "email@com",
                        "contact_desc": "desc",
                        "link_id": link_of_6,
                    },
                    {
                        "contact_type": "tech_spec",
                        "contact_name": "contact1",
                        "contact_mobile_num": "67_1",
                        "contact_id": 9,
                        "contact_email": "email@com1",
                        "contact_desc": "desc",
                        "link_id": link_of_9,
                    },
                ]
            },
            "request": {
                "tenant": "zegoal",
                "contacts": [{"contact_id": 6}, {"contact_id": 9}],
                "account_id": "3"
            },
            "TZ": "Europe/Kiev"
        }
    });
    assert_eq!(response.body, sample);
}
