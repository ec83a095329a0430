//! Parses JSON without losing a param that occurs twice.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// The name under which a param is kept that occurs in its object a second time. No param is declared by this
/// name, so the object is invalid (contract: "Upsert", `duplicate_param`).
const DUPLICATE: &str = "a param that occurs twice";

/// Parses a body. `None` if it isn't JSON, or JSON that `serde_json` doesn't take: numbers such as `1e999`, half
/// a surrogate pair, or more than 128 levels.
#[must_use]
pub fn parse(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().map(|Json(value)| value)
}

/// A value in which each object has all of its params.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Json(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut params = Map::new();
        while let Some((name, Json(value))) = map.next_entry::<String, _>()? {
            let name = if params.contains_key(&name) { DUPLICATE.to_owned() } else { name };
            params.insert(name, value);
        }
        Ok(Value::Object(params))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::{Validity, of_item, of_upsert};

    #[test]
    fn json_is_parsed_as_by_serde_json() {
        let text = br#"{"a": [1, -1, 1.5, 18446744073709551616, true, null, "x"], "b": {"c": {}}}"#;
        assert_eq!(parse(text), serde_json::from_slice(text).ok());
        assert_eq!(parse(b"{"), None);
    }

    #[test]
    fn param_that_occurs_twice_is_invalid() {
        let item = parse(br#"{"contact_name": "Ann", "contact_name": "Ann"}"#);
        assert_eq!(of_item(&item.expect("it is JSON")), Validity::Invalid);
        assert_eq!(of_item(&json!({"contact_name": "Ann"})), Validity::Valid);
        let body = parse(br#"{"list_items": [{}], "list_items": [{}]}"#);
        assert_eq!(of_upsert(&body.expect("it is JSON")), Validity::Invalid);
    }
}
