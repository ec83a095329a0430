//! What a function answered, held against the contract: nothing is missing, and nothing is there that the
//! contract doesn't have.

use runtime_api::http::HttpAnswer;
use serde::Deserialize;
use serde_json::Value;

/// What an answer says was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// The results of an upsert, one an item.
    Upserted(Vec<ItemResult>),
    /// The end of a delete.
    Deleted { code: u8, deleted: Vec<Shown> },
    /// That time ran out; of a delete, with what is gone nevertheless.
    Busy { deleted: Vec<Shown> },
}

/// The result of one item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemResult {
    pub(crate) link_id: Option<String>,
    success: bool,
    pub(crate) extended_info: Word,
    pub(crate) contact_id: Option<u64>,
    pub(crate) account_id: Option<u64>,
    error: Option<String>,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    Created,
    Updated,
    EntityNotFound,
    InvalidEntityData,
}

impl Word {
    pub(crate) fn is_success(self) -> bool {
        matches!(self, Self::Created | Self::Updated)
    }
}

/// A contact as a delete shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    pub(crate) contact_type: String,
    pub(crate) contact_name: String,
    pub(crate) contact_mobile_num: String,
    pub(crate) contact_id: u64,
    pub(crate) contact_email: Option<String>,
    pub(crate) contact_desc: Option<String>,
    pub(crate) link_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Results {
    result: Vec<ItemResult>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    processing_result: ProcessingResult,
    processing_date: String,
    #[serde(rename = "DeleteAccountContacts")]
    operation: Operation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcessingResult {
    text: String,
    status: String,
    code: u8,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    param: String,
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    response: Response,
    request: Value,
    #[serde(rename = "TZ")]
    time_zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    deleted_contacts: Vec<Shown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unavailable {
    error: String,
    #[serde(default)]
    deleted_contacts: Vec<Shown>,
}

/// The rows of the contract's table that these requests can come to: text, code, status, HTTP status.
const ENDS: [(&str, u8, &str, u16); 5] = [
    ("success", 0, "ok", 200),
    ("validation failed", 1, "error", 400),
    ("to many contacts in the request", 3, "error", 400),
    ("contacts not found", 4, "error", 404),
    ("not all contacts found", 5, "error", 404),
];

/// What an answer says, or what is wrong with it.
pub(crate) fn read(answer: &[u8], request_id: &str, sent: &Value) -> Result<Said, String> {
    let http: HttpAnswer =
        serde_json::from_slice(answer).map_err(|error| format!("no HTTP answer: {error}"))?;
    let wrong = |what: &str| format!("{what}: {} {:?} {}", http.status_code, http.headers, http.body);
    let header = |name: &str| http.headers.get(name).map(String::as_str);
    if header("content-type") != Some("application/json") || header("x-request-id") != Some(request_id) {
        return Err(wrong("headers that aren't the contract's"));
    }
    let said = if http.status_code == 503 {
        let body: Unavailable =
            serde_json::from_str(&http.body).map_err(|error| wrong(&error.to_string()))?;
        if header("retry-after").is_none() || body.error.is_empty() {
            return Err(wrong("a 503 that doesn't say when to come again"));
        }
        Said::Busy { deleted: body.deleted_contacts }
    } else if sent["list_items"].is_array() {
        let body: Results = serde_json::from_str(&http.body).map_err(|error| wrong(&error.to_string()))?;
        let count = sent["list_items"].as_array().map_or(0, Vec::len);
        if http.status_code != 200 || body.result.len() != count || !body.result.iter().all(is_whole) {
            return Err(wrong("not the contract's results"));
        }
        Said::Upserted(body.result)
    } else {
        let body: Envelope = serde_json::from_str(&http.body).map_err(|error| wrong(&error.to_string()))?;
        if !is_row(&body, http.status_code) || body.operation.request != *sent {
            return Err(wrong("not the contract's envelope"));
        }
        Said::Deleted { code: body.processing_result.code, deleted: body.operation.response.deleted_contacts }
    };
    Ok(said)
}

fn is_whole(result: &ItemResult) -> bool {
    let is_success = result.extended_info.is_success();
    result.success == is_success
        && result.contact_id.is_some() == is_success
        && result.account_id.is_some() == is_success
        && result.error.is_none() == is_success
        && (result.link_id.is_some() || !is_success)
}

fn is_row(body: &Envelope, http: u16) -> bool {
    let result = &body.processing_result;
    let row = (&*result.text, result.code, &*result.status, http);
    // A date is told to the second, and a problem with a param comes with the param's name.
    ENDS.contains(&row)
        && body.processing_date.len() == "2026-01-01 00:00:00".len()
        && body.operation.time_zone == "Europe/Kiev"
        && result.details.iter().all(|detail| !detail.param.is_empty() && !detail.error.is_empty())
        && result.details.is_empty() == (result.code != 1)
}
