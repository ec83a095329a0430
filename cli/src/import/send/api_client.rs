//! Upsert requests, and what their responses mean.

use std::borrow::Cow;

use bytes::Bytes;
use contacts_core::domain::Right;
use serde::Deserialize;

use crate::{
    api::{self, ApiResponse, ApiSettings},
    error::CliError,
    import::report::RowOutcome,
};

/// The response to a request that the service processed.
#[derive(Debug)]
pub(super) enum UpsertReply {
    /// One outcome per row.
    Outcomes(Vec<RowOutcome>),
    /// The service rejected the body as a whole, with this message.
    BodyRejected(String),
    /// A 200 without one result per row.
    Unreadable(CliError),
}

/// Why an upsert was not processed.
pub(super) type UpsertError = api::ApiError;

/// The client of the service's HTTP API.
pub(crate) struct ApiClient {
    client: api::ApiClient,
}

impl ApiClient {
    pub(crate) fn new(settings: &ApiSettings) -> Result<Self, CliError> {
        Ok(Self { client: api::ApiClient::new(settings, "/contacts")? })
    }

    /// Sends a request with that number of rows. An upsert is idempotent, so it can be sent again whatever the
    /// error is.
    pub(super) async fn upsert(&self, body: Bytes, rows: usize) -> Result<UpsertReply, UpsertError> {
        interpret(&self.client.send(self.client.request(body)).await?, rows)
    }
}

fn interpret(response: &ApiResponse, rows: usize) -> Result<UpsertReply, UpsertError> {
    match response.status() {
        200 => match outcomes(response.body()) {
            Ok(outcomes) if outcomes.len() == rows => Ok(UpsertReply::Outcomes(outcomes)),
            Ok(outcomes) => {
                let results = format!("200 with {} results for {rows} rows", outcomes.len());
                Ok(UpsertReply::Unreadable(response.unexpected(&results)))
            }
            Err(error) => {
                let error = response.unexpected("200 without a list of results").caused_by(error);
                Ok(UpsertReply::Unreadable(error))
            }
        },
        400 if response.is_service_error() => Ok(UpsertReply::BodyRejected(response.message())),
        413 => {
            let reason = format!("the row is too long for the service: {}", response.message());
            Ok(UpsertReply::BodyRejected(reason))
        }
        _ => Err(response.error(Right::Upsert)),
    }
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
