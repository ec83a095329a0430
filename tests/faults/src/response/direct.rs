//! The results of direct invokes, and function errors.

use contacts_model::{delete::SUCCESS, response::check_upsert};
use serde::Deserialize;
use serde_json::Value;

use super::{
    caller_response::{EnvelopeText, Response, ResponseError, ensure, parse, text_of},
    delete,
};
use crate::function::FunctionResult;

/// The body of a function error.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FunctionError {
    pub(super) error_type: String,
    error_message: String,
}

impl FunctionError {
    /// The response of an operation that was interrupted; `None` if it was not.
    pub(super) fn interruption(&self) -> Result<Option<Response>, ResponseError> {
        match self.error_type.as_str() {
            "busy" => Ok(Some(Response::Interrupted { deleted: Vec::new() })),
            "deleted in part" => {
                let ids = self.error_message.rfind('[').map_or("", |start| &self.error_message[start..]);
                Ok(Some(Response::Interrupted { deleted: parse(ids)? }))
            }
            _ => Ok(None),
        }
    }
}

/// Reads and checks the response to a direct invoke.
pub(super) fn read(result: &FunctionResult, request: &Value) -> Result<Response, ResponseError> {
    let is_upsert = request["list_items"].is_array();
    match result {
        Ok(_) => {
            let body = text_of(result)?;
            if is_upsert {
                return Ok(Response::Upserted(check_upsert(&body, Some(request))?));
            }
            let (row, deleted) = delete::read(&body, request, delete::Repeated::Always)?;
            ensure(row.code == SUCCESS, "a refused delete that is no error", &body)?;
            Ok(Response::Deleted { code: row.code, deleted, body: EnvelopeText(body) })
        }
        Err(text) => {
            let error: FunctionError = parse(text)?;
            if let Some(response) = error.interruption()? {
                return Ok(response);
            }
            ensure(!is_upsert, "not an error of an upsert", text)?;
            let body = error.error_message;
            let (row, deleted) = delete::read(&body, request, delete::Repeated::UnlessLong)?;
            ensure(row.text == error.error_type, "another error type than the table's text", text)?;
            ensure(row.code != SUCCESS, "a success that is an error", text)?;
            Ok(Response::Deleted { code: row.code, deleted, body: EnvelopeText(body) })
        }
    }
}
