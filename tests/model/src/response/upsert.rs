//! The response to an upsert: one result an item, or the 400 of a request that is invalid as a whole.

use serde::Deserialize;
use serde_json::Value;

use super::violation::{Violation, check_id, check_link_id, check_message, ensure, not_null, read};
use crate::upsert::{Effect, Outcome, Refusal};

/// The params of an upsert (contract: "Upsert").
const PARAMS: [&str; 6] =
    ["tenant", "account_id", "account_code", "account_name", "list_items", "validate_only"];

/// The result of one item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemResult {
    /// `link_id`, which may be `null` where the item failed.
    #[serde(deserialize_with = "Option::deserialize")]
    pub link_id: Option<String>,
    /// `extended_info`.
    pub extended_info: ExtendedInfo,
    /// `contact_id`, where the item succeeded.
    #[serde(default, deserialize_with = "not_null")]
    pub contact_id: Option<u64>,
    /// `account_id`, where the item succeeded.
    #[serde(default, deserialize_with = "not_null")]
    pub account_id: Option<u64>,
    /// `changed`, where the item succeeded.
    #[serde(default, deserialize_with = "not_null")]
    pub changed: Option<bool>,
    success: bool,
    #[serde(default, deserialize_with = "not_null")]
    error: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    code: Option<ErrorCode>,
    /// The value, which may be `null`, where the field is there.
    #[serde(default, deserialize_with = "not_null")]
    param: Option<Value>,
}

/// `extended_info` of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtendedInfo {
    /// The contact is new.
    Created,
    /// The contact existed.
    Updated,
    /// There is no contact, or no account, of that id.
    EntityNotFound,
    /// Any other reason why the item failed.
    InvalidEntityData,
}

/// `code` of a result, and of an entry of a delete's `details` (contract: "Upsert", the table of codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A field, a param or an account is missing.
    Missing,
    /// Another JSON type.
    WrongType,
    /// The value breaks a rule.
    InvalidValue,
    /// The param is not declared.
    UnknownParam,
    /// The param is there twice.
    DuplicateParam,
    /// No contact, no account of that id.
    NotFound,
    /// Ids or accounts disagree.
    Conflict,
}

impl ExtendedInfo {
    /// Whether the item succeeded.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Created | Self::Updated)
    }
}

impl ItemResult {
    /// The error message, where the item failed.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Whether this is how a response reports the outcome.
    #[must_use]
    pub fn reports(&self, outcome: &Outcome) -> bool {
        match outcome {
            Ok(upserted) => {
                let info = match upserted.effect {
                    Effect::Created => ExtendedInfo::Created,
                    Effect::Changed | Effect::Unchanged => ExtendedInfo::Updated,
                };
                self.extended_info == info
                    && self.contact_id == Some(upserted.contact_id)
                    && self.account_id == Some(upserted.account_id)
                    && self.changed == Some(upserted.effect != Effect::Unchanged)
                    && self.link_id == Some(upserted.link_id.to_string())
            }
            Err(Refusal::NotFound) => self.extended_info == ExtendedInfo::EntityNotFound,
            Err(Refusal::InvalidData) => self.extended_info == ExtendedInfo::InvalidEntityData,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpsertResponse {
    result: Vec<ItemResult>,
}

/// Reads and checks the body of a 200: one result an item, in list order (contract: "Upsert").
pub fn check_upsert(response: &str, request: Option<&Value>) -> Result<Vec<ItemResult>, Violation> {
    let UpsertResponse { result: results } = read(response)?;
    ensure((1..=10_000).contains(&results.len()), || format!("{} results", results.len()))?;
    let items = match request {
        None => None,
        Some(request) => {
            let items = request["list_items"].as_array();
            let items = items.ok_or_else(|| Violation::new("a 200 for a request without a list"))?;
            ensure(items.len() == results.len(), || {
                format!("{} results for {} items", results.len(), items.len())
            })?;
            Some(items)
        }
    };
    for (position, result) in results.iter().enumerate() {
        let item = items.map_or(&Value::Null, |items| &items[position]);
        check_result(result, item)
            .map_err(|violation| Violation::new(format!("{violation}, {result:?} for {item}")))?;
    }
    Ok(results)
}

/// Checks the result of an item. `item` is `null` where it is unknown.
fn check_result(result: &ItemResult, item: &Value) -> Result<(), Violation> {
    let is_success = result.extended_info.is_success();
    let has_fields_of_its_kind = result.success == is_success
        && result.contact_id.is_some() == is_success
        && result.account_id.is_some() == is_success
        && result.changed.is_some() == is_success
        && (result.extended_info != ExtendedInfo::Created || result.changed == Some(true))
        && result.error.is_none() == is_success
        && result.code.is_none() == is_success
        && result.param.is_none() == is_success
        && (result.link_id.is_some() || !is_success);
    ensure(has_fields_of_its_kind, || "the fields don't go together".to_owned())?;
    if let Some(link_id) = &result.link_id {
        check_link_id(link_id)?;
        let given = item["link_id"].as_str().map(str::to_lowercase);
        ensure(given.is_none_or(|given| given == *link_id), || "another link_id than the item's".to_owned())?;
    }
    for (name, id) in [("contact_id", result.contact_id), ("account_id", result.account_id)] {
        if let Some(id) = id {
            check_id(id)?;
            ensure(item[name].as_u64().is_none_or(|given| given == id), || {
                format!("another {name} than the item's")
            })?;
        }
    }
    match (&result.error, result.code, &result.param) {
        (Some(error), Some(code), Some(param)) => check_item_error(error, code, param, result.extended_info),
        _ => Ok(()),
    }
}

/// The error of an item names the field and what it may be (contract: "Upsert").
fn check_item_error(
    error: &str,
    code: ErrorCode,
    param: &Value,
    info: ExtendedInfo,
) -> Result<(), Violation> {
    check_message(error)?;
    let names_the_field = match param {
        Value::String(param) => error.starts_with(&format!("`{param}` ")),
        other => {
            other.is_null()
                && ["`", "one of `", "an item must be an object"].iter().any(|begin| error.starts_with(begin))
        }
    };
    ensure(names_the_field, || "the field is not named".to_owned())?;
    let expected = if error.ends_with("must be the id of a contact that exists")
        || error.ends_with("must be the id of an account that exists")
    {
        vec![ErrorCode::NotFound]
    } else if error.ends_with("must be given to create a contact") {
        vec![ErrorCode::Missing]
    } else if error.contains("is not known here") {
        vec![ErrorCode::UnknownParam]
    } else if error.ends_with("must be given only once") {
        vec![ErrorCode::DuplicateParam]
    } else {
        vec![ErrorCode::WrongType, ErrorCode::InvalidValue, ErrorCode::Conflict]
    };
    ensure(expected.contains(&code), || "not the code of its error".to_owned())?;
    ensure((code == ErrorCode::NotFound) == (info == ExtendedInfo::EntityNotFound), || {
        "not the error of its kind".to_owned()
    })
}

/// Checks the error of a 400 (contract: "Upsert", the table of 400s).
pub fn check_upsert_error(error: &str, request: Option<&Value>) -> Result<(), Violation> {
    check_message(error)?;
    let wrong = |what: &str| Err(Violation::new(format!("{what}: {error}")));
    let Some(rest) = error.strip_prefix("Wrong JSON body") else { return wrong("another beginning") };
    if rest.is_empty() {
        let is_object = request.is_some_and(Value::is_object);
        return if is_object { wrong("the body is an object") } else { Ok(()) };
    }
    if request.is_some_and(|request| !request.is_object()) {
        return wrong("the body is no object");
    }
    let Some((before, param, after)) = param_in(rest) else { return wrong("no param is named") };
    let is_declared = PARAMS.contains(&param);
    let is_given = request.is_none_or(|request| request.get(param).is_some());
    let is_in_contract = match (before, after) {
        (": no value for ", "") => ["list_items", "tenant"].contains(&param),
        (": unknown param ", "") => !is_declared,
        (": more than one value for ", "") | (": value ", " was of the wrong type") => {
            is_declared && is_given
        }
        (": value ", rule) => is_declared && is_given && rule.starts_with(" must "),
        _ => false,
    };
    if is_in_contract { Ok(()) } else { wrong("not in the contract") }
}

/// Splits a message at the name between backquotes. The name may hold backquotes itself.
fn param_in(message: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = message.split_once('`')?;
    let (param, after) = rest.rsplit_once('`')?;
    Some((before, param, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn results_have_exactly_the_fields_of_their_kind() {
        let id = "91c615e3-1040-4815-8ecb-039a18b756b5";
        let created = json!({"link_id": id, "success": true, "extended_info": "created", "contact_id": 1,
            "account_id": 3, "changed": true});
        let failed = json!({"link_id": null, "success": false, "extended_info": "entity_not_found",
            "error": "`contact_id` must be the id of a contact that exists", "code": "not_found",
            "param": "contact_id"});
        let check = |result: &Value| check_upsert(&json!({"result": [result]}).to_string(), None);
        assert!(check(&created).is_ok());
        assert!(check(&failed).is_ok());
        for (result, field, value) in [
            (&created, "success", json!(false)),
            (&created, "error", json!("`contact_id` is wrong")),
            (&created, "contact_id", json!(0)),
            (&created, "link_id", Value::Null),
            (&created, "link_id", json!(id.to_uppercase())),
            (&created, "more", json!(1)),
            (&created, "changed", json!(false)),
            (&created, "code", json!("conflict")),
            (&failed, "contact_id", Value::Null),
            (&failed, "extended_info", json!("invalid_entity_data")),
            (&failed, "error", json!("no")),
            (&failed, "code", json!("missing")),
            (&failed, "code", json!("other")),
            (&failed, "param", json!("link_id")),
            (&failed, "changed", json!(false)),
        ] {
            let mut result = result.clone();
            result[field] = value;
            assert!(check(&result).is_err(), "{result}");
        }
        assert!(check_upsert(r#"{"result": []}"#, None).is_err());
    }

    #[test]
    fn errors_of_a_400_are_those_of_the_contract() {
        let request = json!({"list_items": 1, "listitems": []});
        let check = |error: &str| check_upsert_error(error, Some(&request)).is_ok();
        assert!(check("Wrong JSON body: unknown param `listitems`"));
        assert!(check("Wrong JSON body: value `list_items` was of the wrong type"));
        assert!(!check("Wrong JSON body: unknown param `list_items`"));
        assert!(!check("Wrong JSON body: value `account_id` was of the wrong type"));
        assert!(!check("Wrong JSON body"));
        assert!(!check("Bad body"));
    }
}
