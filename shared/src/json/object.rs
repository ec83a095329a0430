//! A reader of JSON objects.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::value::{Text, ValueError, shortened};

/// A JSON object whose values are not parsed yet. Duplicate names are kept. A name that isn't Unicode, because it has an
/// escape of half a surrogate pair, is kept as it is written.
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads an object; `None` if the text is anything else.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The params, in their order.
    pub fn params(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The value of a param; `None` if it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.params().find(|(param, _)| *param == name).map(|(_, value)| value)
    }

    /// The params that are not declared, and those that occur again, each with its error. `known` lists the declared ones
    /// in the error's text.
    pub fn unexpected_params<'s>(
        &'s self,
        declared: &'s [&'s str],
        known: &'static str,
    ) -> impl Iterator<Item = (String, ValueError)> + 's {
        self.params().enumerate().filter_map(move |(position, (name, _))| {
            if !declared.contains(&name) {
                Some((shortened(name), ValueError::Unknown(known)))
            } else if self.params().take(position).any(|(earlier, _)| earlier == name) {
                Some((name.to_owned(), ValueError::Duplicate))
            } else {
                None
            }
        })
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Params;
        impl<'de> Visitor<'de> for Params {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut params = Vec::with_capacity(8);
                while let Some(name) = map.next_key::<&RawValue>()? {
                    params.push((decoded(name), map.next_value()?));
                }
                Ok(Object(params))
            }
        }
        deserializer.deserialize_map(Params)
    }
}

fn decoded(name: &RawValue) -> Cow<'_, str> {
    if let Ok(Text(name)) = serde_json::from_str(name.get()) {
        return name;
    }
    let written = name.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Cow::Borrowed(written.expect("a name is between quotation marks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_decoded_or_kept_as_written_if_it_is_not_unicode() {
        let object = Object::read(r#"{"\u0061": 1, "b\ud83d": 2, "": 3}"#).unwrap();
        let names: Vec<_> = object.params().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", r"b\ud83d", ""]);
    }
}
