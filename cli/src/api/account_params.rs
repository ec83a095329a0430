//! The params of a request that name an account.

use contacts_core::domain::{AccountCode, AccountId, AccountName, AccountReference};
use serde::Serialize;

/// The params that name an account; none if there is no account.
#[derive(Serialize)]
pub(crate) struct AccountParams<'a> {
    #[serde(rename = "account_id", skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(rename = "account_code", skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(rename = "account_name", skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> AccountParams<'a> {
    pub(crate) fn new(account: Option<&'a AccountReference>) -> Self {
        Self {
            id: account.and_then(AccountReference::id).map(AccountId::get),
            code: account.and_then(AccountReference::code).map(AccountCode::as_str),
            name: account.and_then(AccountReference::name).map(AccountName::as_str),
        }
    }
}
