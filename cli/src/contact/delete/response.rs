//! The response to a delete: the deleted contacts, and the errors of the contract.

use contacts_core::domain::Right;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, ApiResponse},
    error::{CliError, ErrorClass},
    output::{TableColumn, optional_cell},
};

/// A deleted contact, as the API reports it and the tool prints it.
#[derive(Deserialize, Serialize)]
pub(super) struct DeletedContact {
    contact_id: u64,
    link_id: String,
    contact_name: String,
    contact_mobile_num: String,
    contact_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_desc: Option<String>,
}

pub(super) const DELETED_COLUMNS: &[TableColumn<DeletedContact>] = &[
    ("contact_id", |contact| contact.contact_id.to_string()),
    ("link_id", |contact| contact.link_id.clone()),
    ("contact_name", |contact| contact.contact_name.clone()),
    ("contact_mobile_num", |contact| contact.contact_mobile_num.clone()),
    ("contact_type", |contact| contact.contact_type.clone()),
    ("contact_email", |contact| optional_cell(contact.contact_email.as_deref())),
];

/// The contract's envelope, which every processed request gets.
#[derive(Deserialize)]
struct Envelope {
    processing_result: ProcessingResult,
    #[serde(rename = "DeleteAccountContacts")]
    operation: Operation,
}

#[derive(Deserialize)]
struct ProcessingResult {
    text: String,
    code: u8,
    #[serde(default)]
    details: Vec<Detail>,
}

/// An error of a param.
#[derive(Deserialize)]
struct Detail {
    param: String,
    error: String,
    code: String,
}

#[derive(Deserialize)]
struct Operation {
    response: DeletedList,
}

/// The deleted contacts, in the envelope or in the body of a 500 or 503.
#[derive(Deserialize)]
struct DeletedList {
    deleted_contacts: Vec<DeletedContact>,
}

/// Returns the contacts that a response reports as deleted, also those of a delete that broke off.
pub(super) fn deleted_contacts(response: &ApiResponse) -> Vec<DeletedContact> {
    let list = match serde_json::from_slice(response.body()) {
        Ok(Envelope { operation, .. }) => Some(operation.response),
        Err(_) => serde_json::from_slice(response.body()).ok(),
    };
    list.map(|list: DeletedList| list.deleted_contacts).unwrap_or_default()
}

/// Returns whether all contacts were deleted, or why not.
pub(super) fn result(response: &ApiResponse) -> Result<(), ApiError> {
    let envelope = serde_json::from_slice(response.body());
    match (response.status(), envelope) {
        (200, Ok(Envelope { .. })) => Ok(()),
        (200, Err(error)) => {
            Err(ApiError::Fatal(response.unexpected("200 without the result of a delete").caused_by(error)))
        }
        (400 | 404, Ok(Envelope { processing_result, .. })) => {
            Err(ApiError::Fatal(processing_result.into_error()))
        }
        _ => Err(response.error(Right::Delete)),
    }
}

impl ProcessingResult {
    /// Converts a result other than success (docs/api.md, "Results of a delete").
    fn into_error(self) -> CliError {
        let is_not_found =
            matches!(self.code, 4 | 5) || self.details.iter().any(|detail| detail.code == "not_found");
        let class = if is_not_found { ErrorClass::NotFound } else { ErrorClass::Usage };
        let details = self.details.iter().map(|detail| format!("{} {}", detail.param, detail.error));
        let details = details.collect::<Vec<_>>().join("; ");
        let separator = if details.is_empty() { "" } else { ": " };
        CliError::new(class, format!("the service refused the delete: {}{separator}{details}", self.text))
    }
}
