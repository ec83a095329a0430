//! The contract's rules for what a body may hold, in a few plain lines on JSON that is read already: which
//! bodies and which items of a list are good. The service reads the same from text, with its own types.
//!
//! Where JSON that is read says less than its text (`3.0`, numbers beyond 64 bits), the verdict is `None`.

use serde_json::{Map, Value};

/// Whether a body is a good upsert, whatever is in its items.
#[must_use]
pub fn is_upsert(body: &Value) -> Option<bool> {
    let Some(body) = body.as_object() else { return Some(false) };
    all([
        Some(has_only(body, &["tenant", "account_id", "account_code", "account_name", "list_items"])),
        body.get("tenant").map_or(Some(true), |tenant| Some(tenant.is_string())),
        is_account(body),
        Some(body.get("list_items").and_then(Value::as_array).is_some_and(|items| is_counted(items))),
    ])
}

/// Whether an item of an upsert can be read.
#[must_use]
pub fn is_item(item: &Value) -> Option<bool> {
    let Some(item) = item.as_object() else { return Some(false) };
    let fields = [
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
    ];
    let number = match item.get("contact_mobile_num") {
        Some(Value::Number(number)) if number.is_f64() => None,
        Some(Value::Number(number)) => Some(number.is_u64()),
        other => Some(other.is_none_or(|value| is_text(value, 64))),
    };
    all([
        Some(has_only(item, &fields)),
        is_account(item),
        given(item, "contact_id", is_id),
        given(item, "link_id", |value| Some(is_uuid(value))),
        given(item, "contact_name", |value| Some(is_text(value, 256))),
        number,
        given(item, "contact_type", |word| {
            Some(["main_contact", "tech_spec", "manager"].iter().any(|known| word == known))
        }),
        given(item, "contact_email", |value| Some(value.is_null() || is_email(value))),
        given(item, "contact_desc", |value| Some(value.is_null() || is_bounded(value, 2048))),
    ])
}

/// Whether a body is a good delete.
#[must_use]
pub fn is_delete(body: &Value) -> Option<bool> {
    let Some(body) = body.as_object() else { return Some(false) };
    let params = ["tenant", "account_id", "account_code", "account_name", "contacts"];
    let contacts = body.get("contacts").and_then(Value::as_array);
    all([
        Some(has_only(body, &params)),
        Some(body.get("tenant").and_then(Value::as_str).is_some_and(is_slug)),
        Some(params[1..4].iter().any(|param| body.contains_key(*param))),
        is_account(body),
        Some(contacts.is_some_and(|contacts| is_counted(contacts))),
        all(contacts.into_iter().flatten().map(is_selector)),
    ])
}

fn is_selector(contact: &Value) -> Option<bool> {
    let Some(contact) = contact.as_object() else { return Some(false) };
    all([
        Some(has_only(contact, &["contact_id", "link_id"]) && !contact.is_empty()),
        given(contact, "contact_id", is_id),
        given(contact, "link_id", |value| Some(is_uuid(value))),
    ])
}

fn is_account(object: &Map<String, Value>) -> Option<bool> {
    all([
        given(object, "account_id", is_id),
        given(object, "account_code", |value| Some(is_text(value, 256))),
        given(object, "account_name", |value| Some(is_text(value, 256))),
    ])
}

/// Whether all of it is good: not if any of it is bad, and else only if all is certain.
fn all(verdicts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut certain = true;
    for verdict in verdicts {
        match verdict {
            Some(false) => return Some(false),
            Some(true) => {}
            None => certain = false,
        }
    }
    certain.then_some(true)
}

fn given(object: &Map<String, Value>, name: &str, is_good: impl Fn(&Value) -> Option<bool>) -> Option<bool> {
    object.get(name).map_or(Some(true), is_good)
}

fn has_only(object: &Map<String, Value>, names: &[&str]) -> bool {
    object.keys().all(|name| names.contains(&name.as_str()))
}

fn is_counted(list: &[Value]) -> bool {
    (1..=10_000).contains(&list.len())
}

fn is_id(value: &Value) -> Option<bool> {
    match value {
        Value::Number(number) if number.is_f64() => None,
        Value::Number(number) => Some(number.as_u64().is_some_and(|id| (1..1 << 53).contains(&id))),
        Value::String(digits) => {
            let id = digits.parse::<u64>().ok().filter(|id| (1..1 << 53).contains(id));
            Some(id.is_some_and(|id| id.to_string() == *digits))
        }
        _ => Some(false),
    }
}

fn is_slug(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let goes_on = text.chars().all(|one| matches!(one, 'a'..='z' | '0'..='9' | '-'));
    begins && goes_on && text.len() <= 63
}

fn is_uuid(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    let digits = || text.chars().filter(|one| *one != '-');
    lengths == [8, 4, 4, 4, 12]
        && digits().all(|one| one.is_ascii_hexdigit())
        && digits().any(|one| one != '0')
}

/// A string of 1 to so many characters after trimming.
fn is_text(value: &Value, max: usize) -> bool {
    let length = value.as_str().map_or(0, |text| text.trim().chars().count());
    (1..=max).contains(&length) && is_bounded(value, usize::MAX)
}

fn is_email(value: &Value) -> bool {
    let sides = value.as_str().and_then(|text| text.split_once('@'));
    let both = |(before, after): (&str, &str)| {
        !before.trim().is_empty() && !after.trim().is_empty() && !after.contains('@')
    };
    is_bounded(value, 254) && sides.is_some_and(both)
}

/// A string of at most so many characters, none of them a control character.
fn is_bounded(value: &Value, max: usize) -> bool {
    let is_good = |text: &str| text.chars().count() <= max && !text.chars().any(char::is_control);
    value.as_str().is_some_and(is_good)
}
