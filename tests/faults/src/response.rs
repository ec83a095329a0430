//! The HTTP response of a function, checked against the contract.

use std::collections::HashMap;

use contacts_model::response::{
    DeleteResponse, DeletedContact, ItemResult, Violation, check_delete, check_upsert,
};
use runtime_api::http::HttpAnswer;
use serde::Deserialize;
use serde_json::Value;

/// What a caller learns from a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Response {
    /// The results of an upsert, one an item.
    Upserted(Vec<ItemResult>),
    /// The result of a delete.
    Deleted { code: u8, deleted: Vec<DeletedContact> },
    /// A 503. That of a delete lists what is deleted nevertheless.
    Unavailable { deleted: Vec<DeletedContact> },
}

/// The body of a 503 (contract: "Both").
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unavailable {
    error: String,
    #[serde(default)]
    deleted_contacts: Vec<DeletedContact>,
}

/// What is wrong with a response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResponseError {
    #[error("not an HTTP response: {0}")]
    NotHttp(#[source] serde_json::Error),
    #[error("not the body of a 503: {1}: {0}")]
    NotUnavailable(#[source] serde_json::Error, String),
    #[error("against the contract: {0}")]
    Contract(#[from] Violation),
    #[error("{problem}: {response}")]
    Other { problem: &'static str, response: String },
}

/// Reads and checks the response to a request. All requests are valid and name at least one contact.
pub(crate) fn read(response: &[u8], request_id: &str, request: &Value) -> Result<Response, ResponseError> {
    let http: HttpAnswer = serde_json::from_slice(response).map_err(ResponseError::NotHttp)?;
    let ensure = |holds: bool, problem| {
        let response = || String::from_utf8_lossy(response).into_owned();
        if holds { Ok(()) } else { Err(ResponseError::Other { problem, response: response() }) }
    };
    ensure(header(&http.headers, "content-type") == Some("application/json"), "not JSON")?;
    ensure(header(&http.headers, "x-request-id") == Some(request_id), "another request id")?;
    if http.status_code == 503 {
        let body: Unavailable = serde_json::from_str(&http.body)
            .map_err(|error| ResponseError::NotUnavailable(error, http.body.clone()))?;
        let is_complete = header(&http.headers, "retry-after").is_some() && !body.error.is_empty();
        ensure(is_complete, "a 503 without Retry-After or an error")?;
        return Ok(Response::Unavailable { deleted: body.deleted_contacts });
    }
    if request["list_items"].is_array() {
        ensure(http.status_code == 200, "not a 200")?;
        return Ok(Response::Upserted(check_upsert(&http.body, Some(request))?));
    }
    let DeleteResponse { row, details, deleted, request: repeated, time_zone } =
        check_delete(&http.body, Some(request))?;
    ensure(row.http_status == http.status_code, "another HTTP status than the table's")?;
    ensure(row.code != contacts_model::delete::NO_CONTACTS, "contacts were named")?;
    ensure(repeated == *request, "the request isn't repeated")?;
    ensure(time_zone == "Europe/Kiev", "another time zone")?;
    let is_invalid = row.code == contacts_model::delete::VALIDATION_FAILED;
    ensure(details.is_empty() != is_invalid, "details without an invalid param, or none with one")?;
    ensure(details.iter().all(|(param, _)| !param.is_empty()), "details without a param")?;
    Ok(Response::Deleted { code: row.code, deleted })
}

fn header<'h>(headers: &'h HashMap<String, String>, name: &str) -> Option<&'h str> {
    headers.get(name).map(String::as_str)
}
