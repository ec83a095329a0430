//! The client of the service's HTTP API: one upsert request, and what its response means.

use std::{borrow::Cow, error::Error, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use serde::Deserialize;

use super::retry::{RetryCause, RetryReason};
use crate::{
    error::{CliError, ErrorClass},
    import::{report::RowOutcome, settings::ImportSettings},
};

/// How long a request may take. Many times API Gateway's limit, because a local stack handles requests one
/// after the other.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(2);

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum number of characters of a response that a message repeats.
const MAX_MESSAGE_CHARS: usize = 300;

/// The response to a request that the service processed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UpsertReply {
    /// One outcome per row.
    Outcomes(Vec<RowOutcome>),
    /// The service rejected the body as a whole, with this message.
    BodyRejected(String),
}

/// Why a request was not processed.
pub(super) enum UpsertError {
    /// The same request may succeed later.
    Transient(RetryReason),
    /// No request will succeed.
    Fatal(CliError),
}

impl UpsertError {
    /// Whether the service may have stored rows of the request nevertheless.
    pub(super) fn may_be_stored(&self) -> bool {
        match self {
            Self::Transient(reason) => reason.cause != RetryCause::Unreachable,
            Self::Fatal(error) => error.class() != ErrorClass::PermissionDenied,
        }
    }
}

/// The client of the service's HTTP API.
pub(crate) struct ApiClient {
    client: Client,
    endpoint: Url,
    authorization: HeaderValue,
}

impl ApiClient {
    pub(crate) fn new(settings: &ImportSettings) -> Result<Self, CliError> {
        let mut client = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none());
        if settings.is_loopback {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| CliError::other("the HTTP client can't be created").caused_by(error))?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", settings.token))
            .map_err(|error| CliError::other("the token can't be sent in a header").caused_by(error))?;
        authorization.set_sensitive(true);
        Ok(Self { client, endpoint: settings.endpoint.clone(), authorization })
    }

    /// Sends a request with that number of rows.
    pub(super) async fn upsert(&self, body: Bytes, rows: usize) -> Result<UpsertReply, UpsertError> {
        let request = self
            .client
            .post(self.endpoint.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        let response = request.send().await.map_err(|error| {
            if error.is_builder() {
                let message = format!("no request can be sent to {}", self.endpoint);
                UpsertError::Fatal(CliError::other(message).caused_by(error))
            } else {
                UpsertError::Transient(no_response(&error))
            }
        })?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = response.bytes().await.map_err(|error| UpsertError::Transient(no_response(&error)))?;
        self.interpret(status, retry_after, &body, rows)
    }

    fn interpret(
        &self,
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
        rows: usize,
    ) -> Result<UpsertReply, UpsertError> {
        let message = message(body);
        let transient = |cause| {
            let description = format!("it responds {status}: {message}");
            UpsertError::Transient(RetryReason { cause, description, retry_after })
        };
        let fatal = |error| Err(UpsertError::Fatal(error));
        match status.as_u16() {
            200 => match outcomes(body) {
                Ok(outcomes) if outcomes.len() == rows => Ok(UpsertReply::Outcomes(outcomes)),
                Ok(outcomes) => {
                    let response = format!("200 with {} results for {rows} rows", outcomes.len());
                    fatal(self.unexpected_response(&response))
                }
                Err(error) => {
                    fatal(self.unexpected_response("200 without a list of results").caused_by(error))
                }
            },
            400 if is_service_error(body) => Ok(UpsertReply::BodyRejected(message)),
            413 => Ok(UpsertReply::BodyRejected(format!("the row is too long for the service: {message}"))),
            401 => fatal(invalid_token(&message)),
            403 => fatal(missing_right(&message)),
            408 | 425 | 429 | 502 | 503 | 504 => Err(transient(RetryCause::Overloaded)),
            500 => Err(transient(RetryCause::InternalError)),
            _ => fatal(self.unexpected_response(&format!("{status}: {message}"))),
        }
    }

    fn unexpected_response(&self, response: &str) -> CliError {
        CliError::other(format!("{} responds {response}", self.endpoint)).advice("Is that the service's URL?")
    }
}

fn invalid_token(message: &str) -> CliError {
    let message =
        format!("the service rejects the token, which is unknown, expired or revoked (401: {message})");
    CliError::permission_denied(message).advice(
        "Issue another (`contacts token issue`), set CONTACTS_TOKEN to it and run the same command again; that \
         creates no duplicates",
    )
}

fn missing_right(message: &str) -> CliError {
    CliError::permission_denied(format!("the token lacks the right `upsert` (403: {message})"))
        .advice("Issue a token with that right (`contacts token issue`) and run the same command again")
}

/// The body of an error response of the service.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow)]
    error: Cow<'a, str>,
}

/// Whether an error response is from the service, and not from a gateway or another server.
fn is_service_error(body: &[u8]) -> bool {
    serde_json::from_slice::<ErrorBody<'_>>(body).is_ok()
}

/// Returns the error message of a response, or the start of its text, without control characters.
fn message(body: &[u8]) -> String {
    let message = match serde_json::from_slice::<ErrorBody<'_>>(body) {
        Ok(body) => body.error,
        Err(_) => String::from_utf8_lossy(body),
    };
    message
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_MESSAGE_CHARS)
        .collect()
}

/// Parses the body of a successful response.
fn outcomes(body: &[u8]) -> Result<Vec<RowOutcome>, serde_json::Error> {
    #[derive(Deserialize)]
    struct UpsertResponse<'a> {
        #[serde(borrow)]
        result: Vec<ItemResult<'a>>,
    }
    #[derive(Deserialize)]
    struct ItemResult<'a> {
        #[serde(borrow)]
        extended_info: Cow<'a, str>,
        #[serde(borrow)]
        error: Option<Cow<'a, str>>,
        contact_id: Option<u64>,
    }
    let response: UpsertResponse<'_> = serde_json::from_slice(body)?;
    let outcome = |result: ItemResult<'_>| match (&*result.extended_info, result.contact_id) {
        ("created", Some(id)) => RowOutcome::Created(id),
        ("updated", Some(_)) => RowOutcome::Updated,
        (info, _) => RowOutcome::Rejected(result.error.map_or_else(|| info.to_owned(), Cow::into_owned)),
    };
    Ok(response.result.into_iter().map(outcome).collect())
}

/// The retry reason of a request without a response. The request may or may not have taken effect; it is
/// idempotent.
fn no_response(error: &reqwest::Error) -> RetryReason {
    let cause = if error.is_connect() { RetryCause::Unreachable } else { RetryCause::Overloaded };
    let description =
        if error.is_timeout() { "no response in time".to_owned() } else { root_cause(error).to_string() };
    RetryReason { cause, description, retry_after: None }
}

/// Returns the innermost cause, which is the most specific one, like `Connection refused`.
fn root_cause<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
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
