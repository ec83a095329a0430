//! Which account a request, or an item of it, says it means.

use super::json::{self, Fault, Object};
use crate::domain::{AccountCode, AccountId, AccountName, AccountReference};

/// The params that name an account.
pub(super) const ACCOUNT_PARAMS: [&str; 3] = ["account_id", "account_code", "account_name"];

/// Reads the account params that are there; each that is wrong is reported with its name.
pub(super) fn reference(object: &Object<'_>) -> Result<Option<AccountReference>, Vec<(&'static str, Fault)>> {
    let mut faults = Vec::new();
    let mut keep = |name, fault| faults.push((name, fault));
    let id = object.get("account_id").map(|value| json::id(value, AccountId::parse));
    let code = object.get("account_code").map(|value| json::string(value, AccountCode::parse));
    let name = object.get("account_name").map(|value| json::string(value, AccountName::parse));
    let id = id.transpose().map_err(|fault| keep("account_id", fault));
    let code = code.transpose().map_err(|fault| keep("account_code", fault));
    let name = name.transpose().map_err(|fault| keep("account_name", fault));
    match (id, code, name) {
        (Ok(id), Ok(code), Ok(name)) => Ok(AccountReference::new(id, code, name)),
        _ => Err(faults),
    }
}
