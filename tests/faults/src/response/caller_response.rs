//! The responses as a caller sees them, whatever their trigger, and how they are read.

use std::fmt;

use contacts_model::response::{DeletedContact, ItemResult, Violation};

/// The parsed response to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Response {
    /// The results of an upsert, one an item.
    Upserted(Vec<ItemResult>),
    /// The result of a delete, and the whole body.
    Deleted { code: u8, deleted: Vec<DeletedContact>, body: EnvelopeText },
    /// A 503. That of a delete lists what is deleted nevertheless.
    Unavailable { deleted: Vec<DeletedContact> },
    /// The function error that is a 503 over HTTP. That of a delete lists the ids of what is deleted nevertheless.
    Interrupted { deleted: Vec<u64> },
    /// The 422 of a key that came with another body before.
    KeyReused,
    /// A message or an event that went through as a whole.
    Done,
    /// An event of EventBridge that was processed, but not all of it went through.
    Incomplete,
    /// A message of SQS that is to be delivered again, for any reason.
    Failed,
}

/// The envelope of a delete as text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EnvelopeText(pub(crate) String);

/// Without the text: its date differs each time that a schedule is replayed.
impl fmt::Debug for EnvelopeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Response {
    /// Whether the response reports what was done, so that the caller needn't retry.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self, Self::Upserted(_) | Self::Deleted { .. } | Self::KeyReused | Self::Done)
    }

    /// Whether sending the request again would have the same result, if no faults are injected.
    pub(crate) fn is_final_without_faults(&self) -> bool {
        self.is_complete() || matches!(self, Self::Incomplete | Self::Failed)
    }
}

/// What is wrong with a response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResponseError {
    #[error("not a response of this trigger: {1}: {0}")]
    Unreadable(#[source] serde_json::Error, String),
    #[error("against the contract: {0}")]
    Contract(#[from] Violation),
    #[error("{problem}: {response}")]
    Other { problem: &'static str, response: String },
}

/// Fails with `problem` unless the condition holds.
pub(super) fn ensure(holds: bool, problem: &'static str, response: &str) -> Result<(), ResponseError> {
    if holds { Ok(()) } else { Err(ResponseError::Other { problem, response: response.to_owned() }) }
}

/// Reads JSON with exactly the fields of `T`.
pub(super) fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, ResponseError> {
    serde_json::from_str(json).map_err(|error| ResponseError::Unreadable(error, json.to_owned()))
}

/// The body of a function that posted no error.
pub(super) fn text_of(result: &crate::function::FunctionResult) -> Result<String, ResponseError> {
    match result {
        Ok(body) => Ok(String::from_utf8_lossy(body).into_owned()),
        Err(error) => Err(ResponseError::Other { problem: "a function error", response: error.clone() }),
    }
}
