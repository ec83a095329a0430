//! List items to send.

use serde_json::{Value, json};
use uuid::Uuid;

/// An item with nothing but what a contact must have.
#[must_use]
pub fn ann() -> Value {
    json!({"contact_name": "Ann", "contact_mobile_num": "067_1"})
}

/// [`ann`] with these fields too, or with these instead.
#[must_use]
pub fn ann_with(fields: &Value) -> Value {
    with(ann(), fields)
}

/// An object with these params too, or with these instead.
#[must_use]
pub fn with(mut object: Value, params: &Value) -> Value {
    for (name, value) in params.as_object().expect("params are an object") {
        object[name] = value.clone();
    }
    object
}

/// An object without this param.
#[must_use]
pub fn without(mut object: Value, param: &str) -> Value {
    object.as_object_mut().expect("params are an object").remove(param);
    object
}

/// The `link_id` of a number; only the number 0 has none.
#[must_use]
pub fn link_id(number: u32) -> String {
    Uuid::from_u128(number.into()).to_string()
}

/// An item for each number, each with a `link_id` of its own.
#[must_use]
pub fn numbered_items(numbers: impl IntoIterator<Item = u32>) -> Vec<Value> {
    let item = |number| {
        json!({
            "link_id": link_id(number),
            "contact_name": format!("Contact {number}"),
            "contact_mobile_num": number,
        })
    };
    numbers.into_iter().map(item).collect()
}

/// The `contacts` of a delete, by the results of the upsert that made them.
#[must_use]
pub fn contacts_named<'a>(results: impl IntoIterator<Item = &'a Value>) -> Vec<Value> {
    results.into_iter().map(|result| json!({"contact_id": result["contact_id"]})).collect()
}
