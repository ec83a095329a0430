//! Readers of single JSON values. A value is read from its text, so a long number loses no digit.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::{ValidationError, bytes_in_answer};

/// The most bytes of an unknown name in an answer, where each of 10,000 items can repeat one.
const MAX_NAME_BYTES: usize = 64;

/// Why the value of a param or field was rejected. The text follows its name: "`link_id` must be …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// The value is missing.
    #[error("must be given")]
    Missing,
    /// The value is of another JSON type; this names the required type.
    #[error("must be {0}")]
    WrongType(&'static str),
    /// The string has an escape of half a surrogate pair, such as `\ud83d` alone, which is no Unicode text.
    #[error("must be Unicode text, without half of a surrogate pair")]
    NotUnicode,
    /// The value breaks a rule of its domain type.
    #[error(transparent)]
    Invalid(#[from] ValidationError),
    /// The param occurs more than once.
    #[error("must be given only once")]
    Duplicate,
    /// The param is not declared; this lists the params that are.
    #[error("is not known here; known are {0}")]
    Unknown(&'static str),
}

/// A string, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A JSON list whose elements are not parsed yet.
pub struct List<'a> {
    /// The first [`MAX_ELEMENTS`] elements.
    pub elements: Vec<&'a RawValue>,
    /// The number of all elements.
    pub count: usize,
}

/// The most elements of a list that are parsed (docs/api.md: 10,000 items or contacts).
pub const MAX_ELEMENTS: usize = 10_000;

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

/// Reads `true` or `false`.
pub fn boolean(value: &RawValue) -> Result<bool, ValueError> {
    serde_json::from_str(value.get()).map_err(|_| ValueError::WrongType("true or false"))
}

/// Reads a list.
pub fn list(value: &RawValue) -> Result<List<'_>, ValueError> {
    serde_json::from_str(value.get()).map_err(|_| ValueError::WrongType("a list"))
}

/// Reads a string and parses it.
pub fn string<T>(
    value: &RawValue,
    parse: impl Fn(&str) -> Result<T, ValidationError>,
) -> Result<T, ValueError> {
    Ok(parse(&text(value, "a string")?)?)
}

/// Reads a string. `wanted` is the type in the error for a value of any other.
fn text<'a>(value: &'a RawValue, wanted: &'static str) -> Result<Cow<'a, str>, ValueError> {
    match serde_json::from_str(value.get()) {
        Ok(Text(text)) => Ok(text),
        // A raw value is valid JSON, so only the escapes of a string can be wrong.
        Err(_) if value.get().starts_with('"') => Err(ValueError::NotUnicode),
        Err(_) => Err(ValueError::WrongType(wanted)),
    }
}

/// Reads a string, or a whole number as the string of its digits, and parses it.
pub(super) fn string_or_digits<T>(
    value: &RawValue,
    parse: impl Fn(&str) -> Result<T, ValidationError>,
) -> Result<T, ValueError> {
    if let Some(digits) = whole_number(value) {
        return Ok(parse(digits)?);
    }
    string(value, parse).map_err(|error| match error {
        ValueError::WrongType(_) => ValueError::WrongType("a string or a whole number"),
        other => other,
    })
}

/// Reads an integer, or the string of its digits, and parses its digits as an id.
pub fn id<T>(value: &RawValue, parse: impl Fn(&str) -> Result<T, ValidationError>) -> Result<T, ValueError> {
    if let Some(digits) = whole_number(value) {
        return Ok(parse(digits)?);
    }
    if value.get().starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Ok(parse(value.get())?);
    }
    let wanted = "an integer or a string of its digits";
    let digits = text(value, wanted)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::WrongType(wanted));
    }
    Ok(parse(&digits)?)
}

/// The digits of a whole number that isn't negative. `3.0` is whole too: programs that read spreadsheets often have no
/// integers.
fn whole_number(value: &RawValue) -> Option<&str> {
    let (digits, fraction) = value.get().split_once('.').unwrap_or((value.get(), "0"));
    let is_whole = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte == b'0');
    is_whole.then_some(digits)
}

/// Whether a value is `null`.
pub(super) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// An unknown name for an error's text: as much as takes 64 bytes of an answer, with control characters replaced, because
/// their escapes take six times their size.
pub(super) fn shortened(name: &str) -> String {
    let mut short = String::new();
    let mut bytes = 0;
    for character in name.chars() {
        let visible = if character.is_control() { '\u{fffd}' } else { character };
        bytes += bytes_in_answer(visible.encode_utf8(&mut [0; 4]));
        if bytes > MAX_NAME_BYTES {
            short.push('…');
            break;
        }
        short.push(visible);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_name_is_shortened_to_what_identifies_it() {
        assert_eq!(shortened("listitems"), "listitems");
        assert_eq!(shortened("a\u{1}b"), "a\u{fffd}b");
        assert_eq!(shortened(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
        assert_eq!(shortened(&"\"".repeat(17)), format!("{}…", "\"".repeat(16)));
    }

    #[test]
    fn string_with_half_a_surrogate_pair_is_not_unicode() {
        let value = serde_json::from_str(r#""\ud83d""#).unwrap();
        let keep = |text: &str| Ok(text.to_owned());
        assert_eq!(string(value, keep), Err(ValueError::NotUnicode));
        assert_eq!(string_or_digits(value, keep), Err(ValueError::NotUnicode));
        assert_eq!(id(value, keep), Err(ValueError::NotUnicode));
        let pair = serde_json::from_str(r#""\ud83d\ude42""#).unwrap();
        assert_eq!(string(pair, keep), Ok("🙂".to_owned()));
    }

    #[test]
    fn whole_number_is_read_as_the_string_of_its_digits() {
        let read = |json| string_or_digits(serde_json::from_str(json).unwrap(), |text| Ok(text.to_owned()));
        assert_eq!(read("671"), Ok("671".to_owned()));
        assert_eq!(read("671.0"), Ok("671".to_owned()));
        assert_eq!(read("\"671\""), Ok("671".to_owned()));
        assert!(read("671.5").is_err() && read("-1").is_err() && read("null").is_err());
    }

    #[test]
    fn list_counts_all_elements_and_keeps_the_first_10_000() {
        let json = format!("[{}1]", "1,".repeat(10_001));
        let list = list(serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!((list.elements.len(), list.count), (10_000, 10_002));
    }

    #[test]
    fn id_is_an_integer_or_its_digits() {
        let read = |json| id(serde_json::from_str(json).unwrap(), |digits| Ok(digits.to_owned()));
        for good in ["3", "3.0", "\"3\""] {
            assert_eq!(read(good), Ok("3".to_owned()), "{good}");
        }
        // A number is passed on to the rule of its type, which has the error for it.
        assert_eq!(read("-3"), Ok("-3".to_owned()));
        assert_eq!(read("3.5"), Ok("3.5".to_owned()));
        for wrong in ["\"\"", "\"3a\"", "\"-3\"", "null", "[3]", "true"] {
            let error = ValueError::WrongType("an integer or a string of its digits");
            assert_eq!(read(wrong), Err(error), "{wrong}");
        }
    }

    #[test]
    fn boolean_is_true_or_false() {
        let read = |json| boolean(serde_json::from_str(json).unwrap());
        assert_eq!((read("true"), read("false")), (Ok(true), Ok(false)));
        for wrong in ["1", "\"true\"", "null"] {
            assert_eq!(read(wrong), Err(ValueError::WrongType("true or false")), "{wrong}");
        }
    }
}
