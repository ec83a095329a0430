//! Function errors: the failed invocations of direct invokes and EventBridge.

use std::fmt;

use lambda_http::lambda_runtime::Diagnostic;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    body::DeleteAnswer,
    error::{Interruption, OperationError},
};

/// The most bytes of a function error's message, except the ids of contacts that are deleted already.
///
/// When an asynchronous invoke fails, Lambda sends the request (at most 1 MB, "Lambda quotas") and the error in one
/// message to the dead-letter queue, which takes at most 1 MiB ("Amazon SQS message quotas"). A larger message is lost, so
/// an error may not repeat a long request.
const MAX_MESSAGE_LEN: usize = 16 * 1024;

/// The error of a failed invocation.
pub struct FunctionError {
    error_type: String,
    message: String,
}

impl FunctionError {
    pub(super) fn new(error_type: impl Into<String>, message: impl Into<String>) -> Self {
        Self { error_type: error_type.into(), message: message.into() }
    }

    /// The error of a refused delete: its envelope. Where it is longer than [`MAX_MESSAGE_LEN`], the request is left out,
    /// then the details, then what isn't an id of the contacts that are deleted already.
    pub(super) fn of_refused_delete(mut answer: DeleteAnswer<'_>) -> Self {
        let mut message = to_json(&answer);
        for shorten in [DeleteAnswer::omit_request, DeleteAnswer::omit_details, DeleteAnswer::omit_content] {
            if message.get().len() > MAX_MESSAGE_LEN {
                shorten(&mut answer);
                message = to_json(&answer);
            }
        }
        Self::new(answer.text(), message.get())
    }
}

/// An answer as JSON.
pub(super) fn to_json(answer: &impl Serialize) -> Box<RawValue> {
    let json = serde_json::value::to_raw_value(answer);
    json.expect("answers have only derived `Serialize` implementations and string keys")
}

/// Without the message: `lambda_runtime` logs this text, and the message may repeat the request or list deleted contacts.
impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error_type)
    }
}

impl From<FunctionError> for Diagnostic {
    fn from(error: FunctionError) -> Self {
        Self { error_type: error.error_type, error_message: error.message }
    }
}

impl From<OperationError> for FunctionError {
    fn from(error: OperationError) -> Self {
        let error_type = match &error {
            OperationError::NoSuchRoute | OperationError::NoSuchMethod { .. } => "no such route",
            OperationError::Unauthorized | OperationError::RightMissing(_) => "not authorized",
            OperationError::InvalidBody(_) => "Wrong JSON body",
            OperationError::InvalidKey(_) | OperationError::KeyReused => "wrong idempotency key",
            OperationError::Interrupted(Interruption::StoreFailed(_)) => "internal error",
            OperationError::Interrupted(_) => "busy",
            OperationError::PartialDelete { .. } => "deleted in part",
        };
        let mut message = error.to_string();
        if let Some(deleted) = error.deleted() {
            let ids: Vec<_> = deleted.0.iter().map(|contact| contact.id.get()).collect();
            message = format!("{message}: {ids:?}");
        } else {
            message.truncate(message.floor_char_boundary(MAX_MESSAGE_LEN));
        }
        Self::new(error_type, message)
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::{delete::DeleteError, domain::TimeZone};
    use serde_json::{Value, json};

    use super::*;
    use crate::{body::DeleteProblem, test_support::contact};

    fn refusal_after(deleted: u128) -> String {
        let problem = DeleteProblem::of(DeleteError::NotAllFound).unwrap();
        let deleted = (0..deleted).map(contact).collect();
        let answer = DeleteAnswer::new(Err(problem), deleted, None, &TimeZone::utc());
        FunctionError::of_refused_delete(answer).message
    }

    #[test]
    fn contacts_that_a_refused_delete_has_deleted_are_never_left_out() {
        let list = |message: &str| {
            let envelope: Value = serde_json::from_str(message).unwrap();
            envelope["DeleteAccountContacts"]["response"]["deleted_contacts"].clone()
        };
        let short = list(&refusal_after(10));
        assert_eq!(short[9]["contact_name"], contact(9).name.as_str());
        let message = refusal_after(10_000);
        assert!(message.len() < 350_000, "the request, at most 1 MB, must fit beside it: {}", message.len());
        let ids: Vec<_> = (0..10_000).map(|number| json!({"contact_id": contact(number).id.get()})).collect();
        assert_eq!(list(&message), json!(ids));
    }
}
