//! List items to send.

use serde_json::{Value, json};
use uuid::Uuid;

/// An item with only the required fields.
#[must_use]
pub fn minimal_item() -> Value {
    json!({"contact_name": "Ann", "contact_mobile_num": "067_1"})
}

/// [`minimal_item`] with these fields added or replaced.
#[must_use]
pub fn item_with(fields: &Value) -> Value {
    merged(minimal_item(), fields)
}

/// The object with these params added or replaced.
#[must_use]
pub fn merged(mut object: Value, params: &Value) -> Value {
    for (name, value) in params.as_object().expect("params are an object") {
        object[name] = value.clone();
    }
    object
}

/// The object without this param.
#[must_use]
pub fn without(mut object: Value, param: &str) -> Value {
    object.as_object_mut().expect("params are an object").remove(param);
    object
}

/// A `link_id` made of a number. The number 0 gives the nil UUID.
#[must_use]
pub fn link_id(number: u32) -> String {
    Uuid::from_u128(number.into()).to_string()
}

/// An item for each number, with the [`link_id`] of the number.
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

/// The `contacts` of a delete that selects the contacts of an upsert's results by their ids.
#[must_use]
pub fn contact_ids_of<'a>(results: impl IntoIterator<Item = &'a Value>) -> Vec<Value> {
    results.into_iter().map(|result| json!({"contact_id": result["contact_id"]})).collect()
}
