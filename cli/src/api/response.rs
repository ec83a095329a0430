//! A response of the API, and the error that its status means.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use contacts_core::domain::Right;
use jiff::Timestamp;
use reqwest::{Response, StatusCode, Url, header::RETRY_AFTER};
use serde::Deserialize;

use super::error::{ApiError, RetryCause, RetryReason};
use crate::error::CliError;

/// The maximum number of characters of a response that a message repeats.
const MAX_MESSAGE_CHARS: usize = 300;

/// A response that was read whole.
pub(crate) struct ApiResponse {
    url: Url,
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Bytes,
}

impl ApiResponse {
    /// Reads the body.
    pub(super) async fn read(url: &Url, response: Response) -> Result<Self, reqwest::Error> {
        let (status, retry_after) = (response.status(), retry_after(&response));
        Ok(Self { url: url.clone(), status, retry_after, body: response.bytes().await? })
    }

    /// Returns the status code.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether an error response is from the service, and not from a gateway or another server.
    pub(crate) fn is_service_error(&self) -> bool {
        serde_json::from_slice::<ErrorBody<'_>>(&self.body).is_ok()
    }

    /// Returns the error message of the response, or the start of its text, without control characters.
    pub(crate) fn message(&self) -> String {
        let message = match serde_json::from_slice::<ErrorBody<'_>>(&self.body) {
            Ok(body) => body.error,
            Err(_) => String::from_utf8_lossy(&self.body),
        };
        printable(&message)
    }

    /// Converts the response to an operation that needs this right into the error that its status means. The
    /// caller has handled the statuses that mean something else for this operation.
    pub(crate) fn error(&self, right: Right) -> ApiError {
        let message = self.message();
        let transient = |cause| {
            let description = format!("it responds {}: {message}", self.status);
            ApiError::Transient(RetryReason { cause, description, retry_after: self.retry_after })
        };
        match self.status() {
            401 => ApiError::Fatal(invalid_token(&message)),
            403 => ApiError::Fatal(missing_right(right, &message)),
            408 | 425 | 429 | 502 | 503 | 504 => transient(RetryCause::Overloaded),
            500 => transient(RetryCause::InternalError),
            _ => ApiError::Fatal(self.unexpected(&format!("{}: {message}", self.status))),
        }
    }

    /// The error of a response that the service does not give.
    pub(crate) fn unexpected(&self, response: &str) -> CliError {
        CliError::other(format!("{} responds {response}", self.url)).advice("Is that the service's URL?")
    }
}

/// The body of an error response of the service.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow)]
    error: Cow<'a, str>,
}

fn invalid_token(message: &str) -> CliError {
    let message =
        format!("the service rejects the token, which is unknown, expired or revoked (401: {message})");
    CliError::permission_denied(message).advice(
        "Issue another (`contacts token issue`), set CONTACTS_TOKEN to it and run the same command again, \
         which is safe",
    )
}

fn missing_right(right: Right, message: &str) -> CliError {
    let right = right.as_str();
    CliError::permission_denied(format!("the token lacks the right `{right}` (403: {message})"))
        .advice("Issue a token with that right (`contacts token issue`) and run the same command again")
}

/// Returns the start of a text from a response, without control characters.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_MESSAGE_CHARS)
        .collect()
}

/// Returns the delay of a `Retry-After` header with seconds or a date; `None` if there is none or if it is
/// invalid or past.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(date.duration_since(Timestamp::now())).ok()
}
