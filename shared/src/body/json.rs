//! JSON as the contract reads it: an object's params in the order they came, each still text, and what a
//! single value may be.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::Rule;

/// The most characters of a name that a caller made up and an answer repeats, ten thousand times perhaps.
const MAX_ECHO: usize = 32;

/// What is wrong with the value of a param or field. Reads on after its name: "`link_id` must be …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It isn't there.
    #[error("must be given")]
    Missing,
    /// It is of another JSON type; this names the type it must have.
    #[error("must be {0}")]
    WrongType(&'static str),
    /// It breaks a rule of its own.
    #[error("{0}")]
    Rule(#[from] Rule),
    /// It is there more than once, and only one can be meant.
    #[error("must be given only once")]
    Duplicate,
    /// Nobody declared it.
    #[error("is not known here; known are {0}")]
    Unknown(&'static str),
}

/// A JSON object whose values are still text, as they were written; a name can be there more than once.
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads an object; `None` if the text is anything else.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The params in the order they came.
    pub fn params(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The value of a param, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.params().find(|(param, _)| *param == name).map(|(_, value)| value)
    }

    /// The params that are not among the declared ones, or that came before; `known` lists the declared
    /// ones for the caller to read.
    pub(super) fn strays<'s>(
        &'s self,
        declared: &'s [&'s str],
        known: &'static str,
    ) -> impl Iterator<Item = (String, Fault)> + 's {
        self.params().enumerate().filter_map(move |(place, (name, _))| {
            if !declared.contains(&name) {
                Some((shortened(name), Fault::Unknown(known)))
            } else if self.params().take(place).any(|(earlier, _)| earlier == name) {
                Some((name.to_owned(), Fault::Duplicate))
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
                while let Some(Name(name)) = map.next_key()? {
                    params.push((name, map.next_value()?));
                }
                Ok(Object(params))
            }
        }
        deserializer.deserialize_map(Params)
    }
}

/// A param's name, without a copy where the text holds it without escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The first elements of a list, and how many it has in all.
pub(super) struct List<'a> {
    /// At most as many as [`MAX_ELEMENTS`]; more are counted, but not kept.
    pub(super) elements: Vec<&'a RawValue>,
    /// How many there are.
    pub(super) count: usize,
}

/// The most elements of a list that are ever looked at (contract: 10,000 items, or contacts).
pub(super) const MAX_ELEMENTS: usize = 10_000;

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = List<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while elements.len() < MAX_ELEMENTS {
                    match seq.next_element()? {
                        Some(element) => elements.push(element),
                        None => {
                            return Ok(List { count: elements.len(), elements });
                        }
                    }
                }
                let mut count = elements.len();
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(List { elements, count })
            }
        }
        deserializer.deserialize_seq(Elements)
    }
}

/// Reads a list.
pub(super) fn list(value: &RawValue) -> Result<List<'_>, Fault> {
    serde_json::from_str(value.get()).map_err(|_| Fault::WrongType("a list"))
}

/// Reads a string by a rule.
pub(super) fn string<T>(value: &RawValue, parse: impl Fn(&str) -> Result<T, Rule>) -> Result<T, Fault> {
    let Name(text) = serde_json::from_str(value.get()).map_err(|_| Fault::WrongType("a string"))?;
    Ok(parse(&text)?)
}

/// Reads a string, or a whole number as the string of its digits, by a rule.
pub(super) fn string_or_digits<T>(
    value: &RawValue,
    parse: impl Fn(&str) -> Result<T, Rule>,
) -> Result<T, Fault> {
    if let Some(digits) = whole_number(value) {
        return Ok(parse(digits)?);
    }
    string(value, parse).map_err(|fault| match fault {
        Fault::WrongType(_) => Fault::WrongType("a string or a whole number"),
        other => other,
    })
}

/// Reads an id: an integer, or the string of its digits.
pub(super) fn id<T>(value: &RawValue, parse: impl Fn(&str) -> Result<T, Rule>) -> Result<T, Fault> {
    if let Some(digits) = whole_number(value) {
        return Ok(parse(digits)?);
    }
    if value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Ok(parse(value.get())?);
    }
    let wrong = Fault::WrongType("an integer or a string of its digits");
    let Ok(Name(digits)) = serde_json::from_str(value.get()) else { return Err(wrong) };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong);
    }
    Ok(parse(&digits)?)
}

/// The digits of a number that is zero or more and whole, as they were written. `3.0` is whole too: what
/// reads spreadsheets often knows no integers.
fn whole_number(value: &RawValue) -> Option<&str> {
    let (digits, fraction) = value.get().split_once('.').unwrap_or((value.get(), "0"));
    let whole = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte == b'0');
    whole.then_some(digits)
}

/// Whether a value is `null`.
pub(super) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// A name for an answer, no longer than anybody needs to recognise it, and without control characters,
/// which would take many times their size in JSON.
pub(super) fn shortened(name: &str) -> String {
    let visible = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut short: String = name.chars().take(MAX_ECHO).map(visible).collect();
    if name.chars().nth(MAX_ECHO).is_some() {
        short.push('…');
    }
    short
}

/// How deep objects and lists stand in one another.
pub(super) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(depth("1"), 0);
        assert_eq!(depth(r#"{"a": [1, {"[[[": "]\\\"[{"}], "b": []}"#), 3);
    }

    #[test]
    fn a_name_is_repeated_only_as_far_as_it_takes_to_recognise_it() {
        assert_eq!(shortened("listitems"), "listitems");
        assert_eq!(shortened("a\u{1}b"), "a\u{fffd}b");
        assert_eq!(shortened(&"x".repeat(33)), format!("{}…", "x".repeat(32)));
    }
}
