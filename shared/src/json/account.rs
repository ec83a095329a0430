//! The account params of a request or an item.

use super::{
    object::Object,
    value::{self, ValueError},
};
use crate::domain::{AccountCode, AccountId, AccountName, AccountReference};

/// The params that refer to an account.
pub const ACCOUNT_PARAMS: [&str; 3] = ["account_id", "account_code", "account_name"];

/// Reads the account params that are given.
///
/// # Errors
/// Returns every param that is wrong, by name; at least one.
pub fn account_reference(
    object: &Object<'_>,
) -> Result<Option<AccountReference>, Vec<(&'static str, ValueError)>> {
    let mut errors = Vec::new();
    let mut keep = |name, error| errors.push((name, error));
    let id = object.get("account_id").map(|value| value::id(value, AccountId::parse));
    let code = object.get("account_code").map(|value| value::string(value, AccountCode::parse));
    let name = object.get("account_name").map(|value| value::string(value, AccountName::parse));
    let id = id.transpose().map_err(|error| keep("account_id", error));
    let code = code.transpose().map_err(|error| keep("account_code", error));
    let name = name.transpose().map_err(|error| keep("account_name", error));
    match (id, code, name) {
        (Ok(id), Ok(code), Ok(name)) => Ok(AccountReference::new(id, code, name)),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Option<AccountReference>, Vec<(&'static str, ValueError)>> {
        account_reference(&Object::read(json).unwrap())
    }

    #[test]
    fn account_has_the_params_that_are_given() {
        let all =
            read(r#"{"account_id": "3", "account_code": "A", "account_name": "Acme"}"#).unwrap().unwrap();
        assert_eq!(all.id().map(AccountId::get), Some(3));
        assert_eq!(all.code().map(AccountCode::as_str), Some("A"));
        assert_eq!(all.name().map(AccountName::as_str), Some("Acme"));
        assert_eq!(read("{}"), Ok(None));
    }

    #[test]
    fn every_invalid_account_param_is_an_error() {
        let errors = read(r#"{"account_id": 0, "account_code": "A", "account_name": null}"#).unwrap_err();
        let names: Vec<_> = errors.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["account_id", "account_name"]);
    }
}
