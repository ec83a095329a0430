//! A token as the tool prints it.

use contacts_core::domain::{SecretDigest, TimeZone, TokenGrant};
use serde::Serialize;

use super::expiry::in_time_zone;
use crate::output::TableColumn;

/// How many hexadecimal digits of a token's digest are its id.
const ID_DIGITS: usize = 12;

/// A token as the tool prints it, without its secret.
#[derive(Serialize)]
pub(super) struct TokenRecord {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) rights: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// The same time for tables and hints, in the tenant's time zone.
    #[serde(skip)]
    pub(super) local_expiry: Option<String>,
    expired: bool,
}

/// A token that was just issued, with its secret.
#[derive(Serialize)]
pub(super) struct IssuedTokenRecord {
    pub(super) token: String,
    #[serde(flatten)]
    pub(super) record: TokenRecord,
}

pub(super) const TOKEN_COLUMNS: &[TableColumn<TokenRecord>] = &[
    ("id", |record| record.id.clone()),
    ("label", |record| record.label.clone()),
    ("rights", |record| record.rights.join(",")),
    ("expires_at", |record| record.local_expiry.as_deref().unwrap_or("never").to_owned()),
    ("expired", |record| if record.expired { "yes" } else { "no" }.to_owned()),
];

impl TokenRecord {
    pub(super) fn new(digest: &SecretDigest, grant: &TokenGrant, time_zone: &TimeZone) -> Self {
        Self {
            id: digest.as_str().chars().take(ID_DIGITS).collect(),
            label: grant.label.clone(),
            rights: grant.rights.iter().map(|right| right.as_str()).collect(),
            expires_at: grant.expires_at.map(|timestamp| timestamp.to_string()),
            local_expiry: grant.expires_at.map(|timestamp| in_time_zone(timestamp, time_zone)),
            expired: !grant.is_current(),
        }
    }
}
