//! The param `validate_only`, which both bodies have.

use contacts_core::{
    context::Mode,
    json::{self, Object, ValueError},
};

/// The error of `validate_only` in a message of SQS or an event of EventBridge. The text follows the param's name.
pub(super) const NO_ANSWER_TO_VALIDATE: &str =
    "must not be true in a message or an event, which gets no answer";

/// Reads `validate_only`, which is false by default.
pub(super) fn read_mode(object: &Object<'_>) -> Result<Mode, ValueError> {
    match object.get("validate_only").map(json::boolean).transpose()? {
        Some(true) => Ok(Mode::ValidateOnly),
        Some(false) | None => Ok(Mode::Apply),
    }
}
