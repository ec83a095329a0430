//! The HTTP responses to API Gateway.

use std::collections::HashMap;

use contacts_model::response::{DeletedContact, check_upsert};
use runtime_api::http::HttpAnswer;
use serde::Deserialize;
use serde_json::Value;

use super::{
    caller_response::{EnvelopeText, Response, ResponseError, ensure, parse, text_of},
    delete,
};
use crate::function::FunctionResult;

/// The body of a 503 (contract: "Both").
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unavailable {
    error: String,
    #[serde(default)]
    deleted_contacts: Vec<DeletedContact>,
}

/// The body of a 422 (contract: "Idempotency keys").
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyReused {
    error: String,
}

/// Reads and checks a response.
pub(super) fn read(
    result: &FunctionResult,
    request_id: &str,
    request: &Value,
) -> Result<Response, ResponseError> {
    let response = text_of(result)?;
    let http: HttpAnswer = parse(&response)?;
    let ensure = |holds, problem| ensure(holds, problem, &response);
    ensure(header(&http.headers, "content-type") == Some("application/json"), "not JSON")?;
    ensure(header(&http.headers, "x-request-id") == Some(request_id), "another request id")?;
    match http.status_code {
        503 => {
            let Unavailable { error, deleted_contacts } = parse(&http.body)?;
            let is_complete = header(&http.headers, "retry-after").is_some() && !error.is_empty();
            ensure(is_complete, "a 503 without Retry-After or an error")?;
            Ok(Response::Unavailable { deleted: deleted_contacts })
        }
        422 => {
            let KeyReused { error } = parse(&http.body)?;
            ensure(!error.is_empty(), "a 422 without an error")?;
            Ok(Response::KeyReused)
        }
        200 if request["list_items"].is_array() => {
            Ok(Response::Upserted(check_upsert(&http.body, Some(request))?))
        }
        status => {
            ensure(!request["list_items"].is_array(), "not a status of an upsert")?;
            let (row, deleted) = delete::read(&http.body, request, delete::Repeated::Always)?;
            ensure(row.http_status == status, "another HTTP status than the table's")?;
            Ok(Response::Deleted { code: row.code, deleted, body: EnvelopeText(http.body) })
        }
    }
}

fn header<'h>(headers: &'h HashMap<String, String>, name: &str) -> Option<&'h str> {
    headers.get(name).map(String::as_str)
}
