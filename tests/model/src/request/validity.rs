//! Which request bodies and items are valid.
//!
//! The service reads the JSON text itself; this reads values that [`parse`](super::parse()) returned. `3.0` and
//! integers beyond 64 bits are floats in them, so they are [`Validity::Undecided`].

use serde_json::{Map, Value};

use crate::{
    contact::DEFAULT_TYPES,
    ids::{MAX_ID, comparison_form},
};

/// The most items or contacts of one request (contract: "Upsert" and "Delete").
const MAX_LIST: usize = 10_000;

/// The params that name an account (contract: "Words").
const ACCOUNT_PARAMS: [&str; 3] = ["account_id", "account_code", "account_name"];

/// Whether a value follows the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It follows all rules.
    Valid,
    /// It breaks a rule.
    Invalid,
    /// The parsed JSON doesn't tell.
    Undecided,
}

impl Validity {
    /// Combines the verdicts on the parts of a value.
    fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Valid, |whole, part| match (whole, part) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::Valid, Self::Valid) => Self::Valid,
        })
    }
}

impl From<bool> for Validity {
    fn from(is_valid: bool) -> Self {
        if is_valid { Self::Valid } else { Self::Invalid }
    }
}

/// Whether the body of an upsert is valid, whatever its items are (contract: "Upsert", the table of 400s).
#[must_use]
pub fn of_upsert(body: &Value) -> Validity {
    let Some(body) = body.as_object() else { return Validity::Invalid };
    Validity::all([
        has_only(
            body,
            &["tenant", "account_id", "account_code", "account_name", "list_items", "validate_only"],
        ),
        optional(body, "validate_only", |value| value.is_boolean().into()),
        optional(body, "tenant", |tenant| tenant.is_string().into()),
        account_params(body),
        body.get("list_items").and_then(Value::as_array).is_some_and(|items| has_valid_length(items)).into(),
    ])
}

/// Whether an item of an upsert is valid (contract: "Contact fields").
#[must_use]
pub fn of_item(item: &Value) -> Validity {
    let Some(item) = item.as_object() else { return Validity::Invalid };
    Validity::all([
        has_only(
            item,
            &[
                "contact_id",
                "link_id",
                "account_id",
                "account_code",
                "account_name",
                "contact_name",
                "contact_mobile_num",
                "contact_type",
                "contact_email",
                "contact_desc",
            ],
        ),
        account_params(item),
        optional(item, "contact_id", id),
        optional(item, "link_id", |value| is_link_id(value).into()),
        optional(item, "contact_name", |value| is_trimmed_text(value, 256).into()),
        optional(item, "contact_mobile_num", mobile_number),
        optional(item, "contact_type", |value| DEFAULT_TYPES.iter().any(|word| value == word).into()),
        optional(item, "contact_email", |value| (value.is_null() || is_email(value)).into()),
        optional(item, "contact_desc", |value| (value.is_null() || is_text(value, 2_048)).into()),
    ])
}

/// Whether the body of a delete is valid (contract: "Delete").
#[must_use]
pub fn of_delete(body: &Value) -> Validity {
    let Some(body) = body.as_object() else { return Validity::Invalid };
    let contacts = body.get("contacts").and_then(Value::as_array);
    Validity::all([
        has_only(
            body,
            &["tenant", "account_id", "account_code", "account_name", "contacts", "validate_only"],
        ),
        optional(body, "validate_only", |value| value.is_boolean().into()),
        body.get("tenant").and_then(Value::as_str).is_some_and(is_slug).into(),
        ACCOUNT_PARAMS.iter().any(|param| body.contains_key(*param)).into(),
        account_params(body),
        contacts.is_some_and(|contacts| has_valid_length(contacts)).into(),
        Validity::all(contacts.into_iter().flatten().map(contact_to_delete)),
    ])
}

/// A contact of a delete has a `contact_id`, a `link_id` or both (contract: "Delete").
fn contact_to_delete(contact: &Value) -> Validity {
    let Some(contact) = contact.as_object() else { return Validity::Invalid };
    Validity::all([
        has_only(contact, &["contact_id", "link_id"]),
        (!contact.is_empty()).into(),
        optional(contact, "contact_id", id),
        optional(contact, "link_id", |value| is_link_id(value).into()),
    ])
}

fn account_params(object: &Map<String, Value>) -> Validity {
    Validity::all([
        optional(object, "account_id", id),
        optional(object, "account_code", |value| is_trimmed_text(value, 256).into()),
        optional(object, "account_name", |value| is_trimmed_text(value, 256).into()),
    ])
}

/// An undeclared field is an error (contract: "Contact fields").
fn has_only(object: &Map<String, Value>, declared: &[&str]) -> Validity {
    object.keys().all(|name| declared.contains(&name.as_str())).into()
}

fn optional(object: &Map<String, Value>, name: &str, check: impl Fn(&Value) -> Validity) -> Validity {
    object.get(name).map_or(Validity::Valid, check)
}

fn has_valid_length(list: &[Value]) -> bool {
    (1..=MAX_LIST).contains(&list.len())
}

/// An id is an integer, or a string of its digits (contract: "Words").
fn id(value: &Value) -> Validity {
    let is_in_range = |id: &u64| (1..=MAX_ID).contains(id);
    match value {
        Value::Number(number) if number.is_f64() => Validity::Undecided,
        Value::Number(number) => number.as_u64().is_some_and(|id| is_in_range(&id)).into(),
        Value::String(digits) => {
            let id = digits.parse().ok().filter(is_in_range);
            id.is_some_and(|id| id.to_string() == *digits).into()
        }
        _ => Validity::Invalid,
    }
}

/// A string, or a number, which is kept as its digits (contract: "Contact fields").
fn mobile_number(value: &Value) -> Validity {
    match value {
        Value::Number(number) if number.is_f64() => Validity::Undecided,
        Value::Number(number) => number.is_u64().into(),
        other => is_trimmed_text(other, 64).into(),
    }
}

/// A tenant is a slug (contract: "Words").
fn is_slug(text: &str) -> bool {
    let first_is_valid = text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let all_are_valid = text.chars().all(|one| matches!(one, 'a'..='z' | '0'..='9' | '-'));
    first_is_valid && all_are_valid && text.len() <= 63
}

/// A hyphenated UUID in either case. The service refuses the nil UUID, which many systems send for "none".
fn is_link_id(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    let digits = || text.chars().filter(|one| *one != '-');
    lengths == [8, 4, 4, 4, 12]
        && digits().all(|one| one.is_ascii_hexdigit())
        && digits().any(|one| one != '0')
}

/// A string of 1 to `max` characters after trimming (contract: "Contact fields").
fn is_trimmed_text(value: &Value, max: usize) -> bool {
    let length = value.as_str().map_or(0, |text| text.trim().chars().count());
    // Characters that are no format characters, but have no glyph either (contract: "Spelling").
    let is_blank = |one: char| {
        one.is_whitespace()
            || matches!(
                one,
                '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}'
                    | '\u{200d}' | '\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
                    | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}'
            )
    };
    let form = comparison_form(value.as_str().unwrap_or_default());
    (1..=max).contains(&length) && is_text(value, usize::MAX) && !form.chars().all(is_blank)
}

/// At most 254 characters, with text on both sides of one `@` (contract: "Contact fields").
fn is_email(value: &Value) -> bool {
    let sides = value.as_str().and_then(|text| text.split_once('@'));
    let is_text_on_both = |(before, after): (&str, &str)| {
        !before.trim().is_empty() && !after.trim().is_empty() && !after.contains('@')
    };
    is_text(value, 254) && sides.is_some_and(is_text_on_both)
}

/// A string of at most `max` characters. Control characters are rejected everywhere (contract: "Contact
/// fields").
fn is_text(value: &Value, max: usize) -> bool {
    value.as_str().is_some_and(|text| text.chars().count() <= max && !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item_with(field: &str, value: &Value) -> Validity {
        let mut item = json!({"contact_name": "Ann", "contact_mobile_num": "067_1"});
        item[field] = value.clone();
        of_item(&item)
    }

    #[test]
    fn fields_follow_the_table_of_contact_fields() {
        let long = |count| json!("я".repeat(count));
        for (field, value, expected) in [
            ("contact_name", long(256), Validity::Valid),
            ("contact_name", long(257), Validity::Invalid),
            ("contact_name", json!("  "), Validity::Invalid),
            ("contact_name", json!("Ann\n"), Validity::Invalid),
            ("contact_mobile_num", json!(67), Validity::Valid),
            ("contact_mobile_num", json!(6.5), Validity::Undecided),
            ("contact_mobile_num", json!(-6), Validity::Invalid),
            ("contact_mobile_num", long(65), Validity::Invalid),
            ("contact_type", json!("manager"), Validity::Valid),
            ("contact_type", json!("boss"), Validity::Invalid),
            ("contact_email", Value::Null, Validity::Valid),
            ("contact_email", json!("email@com1"), Validity::Valid),
            ("contact_email", json!("a@b@c"), Validity::Invalid),
            ("contact_email", json!("@com"), Validity::Invalid),
            ("contact_desc", long(2_048), Validity::Valid),
            ("contact_desc", long(2_049), Validity::Invalid),
            ("contact_id", json!("3"), Validity::Valid),
            ("contact_id", json!("03"), Validity::Invalid),
            ("contact_id", json!(0), Validity::Invalid),
            ("contact_id", json!(MAX_ID), Validity::Valid),
            ("contact_id", json!(MAX_ID + 1), Validity::Invalid),
            ("link_id", json!("91C615E3-1040-4815-8ecb-039a18b756b5"), Validity::Valid),
            ("link_id", json!("91c615e3104048158ecb039a18b756b5"), Validity::Invalid),
            ("link_id", json!("00000000-0000-0000-0000-000000000000"), Validity::Invalid),
            ("contact_nam", json!("Ann"), Validity::Invalid),
        ] {
            assert_eq!(item_with(field, &value), expected, "{field}: {value}");
        }
    }

    #[test]
    fn lists_hold_1_to_10000_elements() {
        let upsert = |count| of_upsert(&json!({"list_items": vec![0; count]}));
        assert_eq!([0, 1, 10_000, 10_001].map(upsert), [false, true, true, false].map(Validity::from));
    }

    #[test]
    fn delete_must_have_tenant_account_and_contacts() {
        let body = json!({"tenant": "zegoal", "account_id": 3, "contacts": [{"contact_id": 6}]});
        assert_eq!(of_delete(&body), Validity::Valid);
        for param in ["tenant", "account_id", "contacts"] {
            let mut body = body.clone();
            body.as_object_mut().expect("it is an object").remove(param);
            assert_eq!(of_delete(&body), Validity::Invalid, "without {param}");
        }
    }
}
