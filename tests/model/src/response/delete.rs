//! The response to a delete: the contract's envelope.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    upsert::ErrorCode,
    violation::{Violation, check_id, check_link_id, check_message, ensure, not_null, read},
};
use crate::{
    contact::Contact,
    delete::{RESULT_ROWS, ResultRow, SUCCESS, VALIDATION_FAILED},
};

/// How many contacts go in one transaction (contract: "Delete").
pub const MAX_TRANSACTION: usize = 100;

/// How many of them go in one transaction beside the record of an idempotency key and a part of it (contract: "Idempotency
/// keys").
pub const MAX_TRANSACTION_WITH_KEY: usize = MAX_TRANSACTION - 2;

/// What a delete reports.
#[derive(Debug)]
pub struct DeleteResponse {
    /// The row of the contract's table.
    pub row: &'static ResultRow,
    /// `processing_result.details`, as params and errors.
    pub details: Vec<(String, String)>,
    /// `deleted_contacts`.
    pub deleted: Vec<DeletedContact>,
    /// `request`; `null` where it was too large to repeat, or not JSON.
    pub request: Value,
    /// `TZ`.
    pub time_zone: String,
}

/// A contact as it was when it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletedContact {
    /// `contact_id`.
    pub contact_id: u64,
    /// `link_id`.
    pub link_id: String,
    contact_type: String,
    contact_name: String,
    contact_mobile_num: String,
    #[serde(deserialize_with = "Option::deserialize")]
    contact_email: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    contact_desc: Option<String>,
}

impl DeletedContact {
    /// The contact that it was on an account, if its `link_id` is a UUID.
    #[must_use]
    pub fn contact(&self, account_id: u64) -> Option<Contact> {
        Some(Contact {
            link_id: Uuid::try_parse(&self.link_id).ok()?,
            account_id,
            name: self.contact_name.clone(),
            mobile_number: self.contact_mobile_num.clone(),
            contact_type: self.contact_type.clone(),
            email: self.contact_email.clone(),
            description: self.contact_desc.clone(),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    processing_result: ProcessingResult,
    processing_date: String,
    #[serde(rename = "DeleteAccountContacts")]
    operation: Operation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcessingResult {
    text: String,
    status: String,
    code: u8,
    #[serde(default, deserialize_with = "not_null")]
    details: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    param: String,
    error: String,
    #[serde(rename = "code")]
    _code: ErrorCode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    response: Response,
    request: Value,
    #[serde(rename = "TZ")]
    time_zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    deleted_contacts: Vec<DeletedContact>,
}

/// Reads and checks the envelope of a delete (contract: "Delete").
pub fn check_delete(response: &str, request: Option<&Value>) -> Result<DeleteResponse, Violation> {
    let Envelope { processing_result: result, processing_date, operation } = read(response)?;
    let row = RESULT_ROWS.iter().find(|row| row.text == result.text);
    let row = row.filter(|row| row.code == result.code && row.status == result.status);
    let row = row.ok_or_else(|| Violation::new(format!("not a row of the contract: {response}")))?;
    let details = result.details.unwrap_or_default();
    ensure(row.code != VALIDATION_FAILED || !details.is_empty(), || "no details".to_owned())?;
    for Detail { param, error, .. } in &details {
        let is_short = param.len() <= 100 && !param.chars().any(char::is_control);
        ensure(is_short, || format!("a param of {param:?}"))?;
        check_message(error)?;
    }
    check_date(&processing_date)?;
    if let Some(request) = request {
        let is_repeated = operation.request.is_null() || operation.request == *request;
        ensure(is_repeated, || format!("another request than {request}: {response}"))?;
    }
    let deleted = operation.response.deleted_contacts;
    check_deleted(row, &deleted, request)?;
    Ok(DeleteResponse {
        row,
        details: details.into_iter().map(|detail| (detail.param, detail.error)).collect(),
        deleted,
        request: operation.request,
        time_zone: operation.time_zone,
    })
}

/// `processing_date` is `YYYY-MM-DD HH:MM:SS` (contract: "Delete").
fn check_date(date: &str) -> Result<(), Violation> {
    let shape: String = date.chars().map(|one| if one.is_ascii_digit() { '0' } else { one }).collect();
    ensure(shape == "0000-00-00 00:00:00", || format!("not a date: {date}"))
}

/// All or nothing, in request order. The error of a list that doesn't fit into one transaction may list what
/// is already gone (contract: "Delete").
fn check_deleted(
    row: &ResultRow,
    deleted: &[DeletedContact],
    request: Option<&Value>,
) -> Result<(), Violation> {
    if row.code != SUCCESS {
        let named = request.and_then(|request| request["contacts"].as_array()).map_or(0, Vec::len);
        return ensure(deleted.is_empty() || named > MAX_TRANSACTION_WITH_KEY, || {
            format!("{} contacts deleted: {}", deleted.len(), row.text)
        });
    }
    let named = match request {
        None => None,
        Some(request) => {
            let named = request["contacts"].as_array();
            let named = named.ok_or_else(|| Violation::new("a success without a list of contacts"))?;
            ensure(named.len() == deleted.len(), || {
                format!("{} of {} contacts deleted", deleted.len(), named.len())
            })?;
            Some(named)
        }
    };
    for (position, contact) in deleted.iter().enumerate() {
        check_id(contact.contact_id)?;
        check_link_id(&contact.link_id)?;
        let named = named.map_or(&Value::Null, |named| &named[position]);
        let has_id = named["contact_id"].as_u64().is_none_or(|id| id == contact.contact_id);
        let link_id = named["link_id"].as_str().map(str::to_lowercase);
        let has_link_id = link_id.is_none_or(|link_id| link_id == contact.link_id);
        ensure(has_id && has_link_id, || format!("{contact:?} deleted instead of {named}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope() -> Value {
        json!({
            "processing_result": {"text": "success", "code": 0, "status": "ok"},
            "processing_date": "2026-01-31 23:59:59",
            "DeleteAccountContacts": {
                "response": {"deleted_contacts": [{
                    "contact_type": "main_contact", "contact_name": "Ann", "contact_mobile_num": "067_1",
                    "contact_id": 6, "contact_email": null, "contact_desc": null,
                    "link_id": "91c615e3-1040-4815-8ecb-039a18b756b5",
                }]},
                "request": {"contacts": [{"contact_id": 6}]},
                "TZ": "Europe/Kiev",
            },
        })
    }

    #[test]
    fn envelope_matches_its_request() {
        let check = |contacts: Value| {
            let request = json!({"contacts": contacts});
            let mut envelope = envelope();
            envelope["DeleteAccountContacts"]["request"] = request.clone();
            check_delete(&envelope.to_string(), Some(&request)).is_ok()
        };
        assert!(check(json!([{"contact_id": 6}])));
        assert!(!check(json!([{"contact_id": 9}])));
        assert!(!check(json!([{"contact_id": 6}, {"contact_id": 9}])));
        let other = json!({"contacts": [{"contact_id": 6}], "tenant": "zegoal"});
        assert!(check_delete(&envelope().to_string(), Some(&other)).is_err());
    }

    #[test]
    fn envelope_is_a_row_of_the_contract() {
        assert!(check_delete(&envelope().to_string(), None).is_ok());
        for (field, value) in [("text", json!("fine")), ("code", json!(1)), ("status", json!("error"))] {
            let mut envelope = envelope();
            envelope["processing_result"][field] = value;
            assert!(check_delete(&envelope.to_string(), None).is_err(), "{envelope}");
        }
        let mut envelope = envelope();
        envelope["processing_result"] = json!({"text": "contacts not found", "code": 4, "status": "error"});
        assert!(check_delete(&envelope.to_string(), None).is_err(), "a failure that deletes");
    }
}
