//! The items that the embedded DynamoDB returned to reads.
//!
//! They are kept by their keys instead of by whole requests: a retry after throttling asks for some of the keys
//! of a request. The functions read whole items, so a projection changes nothing here.

use std::collections::HashMap;

use serde_json::Value;

/// The recorded items by their keys.
#[derive(Default)]
pub(super) struct Recording(HashMap<(String, String), Value>);

impl Recording {
    /// Keeps the items of a response to `BatchGetItem`.
    pub(super) fn keep(&mut self, response: &Value) {
        let tables = response["Responses"].as_object().into_iter().flat_map(|tables| tables.values());
        for item in tables.filter_map(Value::as_array).flatten() {
            self.0.insert(key_of(item), item.clone());
        }
    }

    /// Returns the item of a key.
    pub(super) fn item(&self, key: &Value) -> Option<&Value> {
        self.0.get(&key_of(key))
    }
}

fn key_of(item: &Value) -> (String, String) {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}
