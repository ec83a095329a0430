//! The envelope of a delete.

use contacts_model::{
    delete::{NO_CONTACTS, ResultRow, VALIDATION_FAILED},
    response::{DeleteResponse, DeletedContact, check_delete},
};
use serde_json::Value;

use super::caller_response::{ResponseError, ensure};

/// Whether an envelope repeats its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    Always,
    /// A function error repeats no long request.
    UnlessLong,
}

/// Reads and checks an envelope. Returns its row of the contract's table, and the deleted contacts.
pub(super) fn read(
    envelope: &str,
    request: &Value,
    repeated: Repeated,
) -> Result<(&'static ResultRow, Vec<DeletedContact>), ResponseError> {
    let DeleteResponse { row, details, deleted, request: answered, time_zone } =
        check_delete(envelope, Some(request))?;
    let ensure = |holds, problem| ensure(holds, problem, envelope);
    let is_repeated = answered == *request || (repeated == Repeated::UnlessLong && answered.is_null());
    ensure(is_repeated, "the request isn't repeated")?;
    ensure(row.code != NO_CONTACTS, "contacts were named")?;
    ensure(time_zone == "Europe/Kiev", "another time zone")?;
    let is_invalid = row.code == VALIDATION_FAILED;
    ensure(details.is_empty() != is_invalid, "details without an invalid param, or none with one")?;
    ensure(details.iter().all(|(param, _)| !param.is_empty()), "details without a param")?;
    Ok((row, deleted))
}
