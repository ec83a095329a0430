//! The service, as a caller over HTTP sees it: one call, and what its answer means.

use std::{borrow::Cow, error::Error, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use serde::Deserialize;

use super::settings::Settings;
use crate::failure::Failure;

/// How long a call may take: many times what API Gateway allows, since calls to a local stack wait for
/// each other.
const CALL_TIME: Duration = Duration::from_mins(2);

/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// The longest that an answer's words may be to be repeated.
const MAX_WORDS: usize = 300;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowResult {
    /// It created a contact.
    Created,
    /// It updated one, or found it as it was to be.
    Updated,
    /// It was turned down, in the service's words.
    Rejected(String),
}

/// What became of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// One result a row.
    Results(Vec<RowResult>),
    /// The body as a whole was turned down, in these words.
    Refused(String),
    /// It is worth trying again.
    TryAgain(Trouble),
}

/// Why a call has to be made again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What happened.
    pub(super) what: String,
    /// What kind of thing that is.
    pub(super) kind: TroubleKind,
    /// How long the service asks to wait.
    pub(super) wait: Option<Duration>,
}

/// How much hope there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// There may be nobody at that address.
    Unreachable,
    /// It will pass.
    Busy,
    /// The service failed in a way nobody has foreseen.
    Broken,
}

/// The service.
pub(super) struct Service {
    client: Client,
    endpoint: Url,
    bearer: HeaderValue,
}

impl Service {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        let other = |error: &dyn Error| Failure::Other(format!("no HTTP client can be made: {error}"));
        let mut client =
            Client::builder().timeout(CALL_TIME).connect_timeout(CONNECT_TIME).redirect(Policy::none());
        if settings.on_this_machine {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| other(&error))?;
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {}", settings.token)).map_err(|error| other(&error))?;
        bearer.set_sensitive(true);
        Ok(Self { client, endpoint: settings.endpoint.clone(), bearer })
    }

    /// Makes a call of so many rows. Fails if no other call is worth making.
    pub(super) async fn upsert(&self, body: Bytes, rows: usize) -> Result<Reply, Failure> {
        let request = self.client.post(self.endpoint.clone()).body(body);
        let request = request.header(AUTHORIZATION, self.bearer.clone());
        let answer = match request.header(CONTENT_TYPE, "application/json").send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => return Err(Failure::Other(causes(&error))),
            Err(error) => return Ok(lost(&error)),
        };
        let (status, wait) = (answer.status(), retry_after(&answer));
        match answer.bytes().await {
            Ok(body) => self.read(status, wait, &body, rows),
            Err(error) => Ok(lost(&error)),
        }
    }

    fn read(
        &self,
        status: StatusCode,
        wait: Option<Duration>,
        body: &[u8],
        rows: usize,
    ) -> Result<Reply, Failure> {
        let said = words(body);
        let trouble =
            |kind| Reply::TryAgain(Trouble { what: format!("it answers {status}: {said}"), kind, wait });
        match status.as_u16() {
            200 => match results(body).filter(|results| results.len() == rows) {
                Some(results) => Ok(Reply::Results(results)),
                None => Err(self.not_the_service("200, but not with one result a row")),
            },
            400 if is_own_error(body) => Ok(Reply::Refused(said)),
            413 => Ok(Reply::Refused(format!("the row is too long for the service: {said}"))),
            401 => Err(Failure::NotAllowed(format!(
                "the service doesn't take the token (401: {said}): it is unknown, expired or revoked. Issue \
                 another (`contacts token issue`), put it into CONTACTS_TOKEN and run the same command again; \
                 what is stored already is not stored twice"
            ))),
            403 => Err(Failure::NotAllowed(format!(
                "the token may not do this (403: {said}). Importing takes the right `upsert`: issue a token \
                 that has it (`contacts token issue`), and run the same command again"
            ))),
            408 | 425 | 429 | 502 | 503 | 504 => Ok(trouble(TroubleKind::Busy)),
            500 => Ok(trouble(TroubleKind::Broken)),
            _ => Err(self.not_the_service(&format!("{status}: {said}"))),
        }
    }

    fn not_the_service(&self, what: &str) -> Failure {
        Failure::Other(format!("{} answers {what}. Is that the service's URL?", self.endpoint))
    }
}

/// What the service says is wrong.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow)]
    error: Cow<'a, str>,
}

fn is_own_error(body: &[u8]) -> bool {
    serde_json::from_slice::<ErrorBody<'_>>(body).is_ok()
}

/// What an answer says, as far as it can be shown.
fn words(body: &[u8]) -> String {
    let words = match serde_json::from_slice::<ErrorBody<'_>>(body) {
        Ok(body) => body.error.into_owned(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    words
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_WORDS)
        .collect()
}

fn results(body: &[u8]) -> Option<Vec<RowResult>> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: Vec<ItemResult<'a>>,
    }
    #[derive(Deserialize)]
    struct ItemResult<'a> {
        #[serde(borrow)]
        extended_info: Cow<'a, str>,
        #[serde(borrow)]
        error: Option<Cow<'a, str>>,
    }
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    let result = |item: ItemResult<'_>| match &*item.extended_info {
        "created" => RowResult::Created,
        "updated" => RowResult::Updated,
        word => RowResult::Rejected(item.error.map_or_else(|| word.to_owned(), Cow::into_owned)),
    };
    Some(answer.result.into_iter().map(result).collect())
}

/// A call without an answer; it may have taken effect or not, and can be made again.
fn lost(error: &reqwest::Error) -> Reply {
    let kind = if error.is_connect() { TroubleKind::Unreachable } else { TroubleKind::Busy };
    Reply::TryAgain(Trouble { what: causes(error), kind, wait: None })
}

/// An error's last cause says most: `Connection refused`.
fn causes(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// `Retry-After`: seconds, or a date.
fn retry_after(answer: &Response) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(date.duration_since(Timestamp::now())).ok()
}
