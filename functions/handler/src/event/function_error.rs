//! Function errors: the failed invocations of direct invokes and EventBridge.

use std::fmt;

use lambda_http::lambda_runtime::Diagnostic;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    body::DeleteAnswer,
    error::{Interruption, OperationError},
};

/// The most bytes of a function error's message, except the ids of a partial delete.
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
    /// and then the details.
    pub(super) fn of_refused_delete(mut answer: DeleteAnswer<'_>) -> Self {
        let mut message = to_json(&answer);
        for shorten in [DeleteAnswer::omit_request, DeleteAnswer::omit_details] {
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
