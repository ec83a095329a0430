//! The rows of a JSON file: upsert items, sent unchanged.

use std::borrow::Cow;

use contacts_core::{domain::TenantName, json::Object};
use serde_json::value::RawValue;

use super::{
    json_items::{JsonItem, JsonItems},
    row::{Row, RowContent},
    row_keys::RowKeys,
};
use crate::{
    error::CliError,
    import::report::{REJECTED_BECAUSE, REJECTED_LINE, REJECTED_TEXT},
};

/// Reads the rows of a JSON file.
pub(super) struct JsonRows {
    items: Box<dyn JsonItems>,
    parser: ItemParser,
}

impl JsonRows {
    pub(super) fn new(items: Box<dyn JsonItems>, skipped: &[String], tenant: &TenantName) -> Self {
        Self { items, parser: ItemParser { skipped: skipped.to_vec(), tenant: tenant.clone() } }
    }

    /// Reads the next row; `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, CliError> {
        let Some(JsonItem { line, text }) = self.items.next_item()? else { return Ok(None) };
        Ok(Some(Row { line, content: self.parser.content(text) }))
    }
}

/// Makes rows of the texts of items.
struct ItemParser {
    /// Keys that are not imported.
    skipped: Vec<String>,
    tenant: TenantName,
}

impl ItemParser {
    fn content(&self, text: &str) -> RowContent {
        // Few lines contain this key, so most are parsed only once.
        let rejected_text = match text.contains(REJECTED_TEXT).then(|| JsonObject::parse(text)) {
            Some(Parsed::Object(object)) => object.rejected_text(),
            Some(Parsed::OtherJson | Parsed::Invalid(_)) | None => None,
        };
        self.content_of(rejected_text.as_deref().map_or(text, str::trim))
    }

    fn content_of(&self, text: &str) -> RowContent {
        let object = match JsonObject::parse(text) {
            Parsed::Object(object) => object,
            // Sent all the same: the service rejects it and gives the reason.
            Parsed::OtherJson => {
                return RowContent::Item { json: text.to_owned(), keys: RowKeys::INVALID, original: None };
            }
            Parsed::Invalid(error) => {
                return RowContent::Invalid { reason: not_json(&error), original: text.to_owned() };
            }
        };
        let is_rejection = |name: &str| [REJECTED_LINE, REJECTED_BECAUSE].contains(&name);
        let is_skipped = |name: &str| self.skipped.iter().any(|skipped| skipped == name);
        let keys = object.keys(&self.tenant, &self.skipped);
        match object.without(|name| is_rejection(name) || is_skipped(name)) {
            None => RowContent::Item { json: text.to_owned(), keys, original: None },
            Some(json) => {
                let original = object.without(is_rejection).unwrap_or_else(|| text.to_owned());
                RowContent::Item { json, keys, original: Some(original) }
            }
        }
    }
}

/// Formats a syntax error without the line number, which counts within the one line.
fn not_json(error: &serde_json::Error) -> String {
    let (message, column) = (error.to_string(), error.column());
    let position = format!(" at line {} column {column}", error.line());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    match error.line() {
        1 => format!("the item is not JSON: {message} at column {column}"),
        line => format!("the item is not JSON: {message} at column {column} of its line {line}"),
    }
}

/// A line, parsed.
enum Parsed<'t> {
    Object(JsonObject<'t>),
    /// A JSON value that is not an object.
    OtherJson,
    Invalid(serde_json::Error),
}

/// An object with values that are not parsed.
struct JsonObject<'t>(Object<'t>);

impl<'t> JsonObject<'t> {
    fn parse(text: &'t str) -> Parsed<'t> {
        match serde_json::from_str(text) {
            Ok(object) => Parsed::Object(Self(object)),
            Err(error) if serde_json::from_str::<&RawValue>(text).is_err() => Parsed::Invalid(error),
            Err(_) => Parsed::OtherJson,
        }
    }

    /// Returns the text of a string, or the integer digits of a number: the service treats both the same.
    fn text(&self, name: &str) -> Option<Cow<'t, str>> {
        let value = self.0.get(name)?;
        if value.get().starts_with('"') {
            return string(value);
        }
        let digits = value.get().split_once('.').map_or(value.get(), |(digits, _)| digits);
        Some(Cow::Borrowed(digits))
    }

    /// Returns the original line of a rejected line that was not JSON; `None` if the object has keys that
    /// this tool does not write beside it, or if the value is not a string.
    fn rejected_text(&self) -> Option<Cow<'t, str>> {
        let own = [REJECTED_LINE, REJECTED_BECAUSE, REJECTED_TEXT];
        let is_own = self.0.params().all(|(name, _)| own.contains(&name));
        self.0.get(REJECTED_TEXT).filter(|_| is_own).and_then(string)
    }

    fn keys(&self, tenant: &TenantName, skipped: &[String]) -> RowKeys {
        let is_skipped = |name: &str| skipped.iter().any(|skipped| skipped == name);
        RowKeys::new(tenant, |name| self.text(name).filter(|_| !is_skipped(name)))
    }

    /// Formats the object without some keys; `None` if it has none of them.
    fn without(&self, unwanted: impl Fn(&str) -> bool) -> Option<String> {
        self.0.params().any(|(name, _)| unwanted(name)).then(|| {
            let kept = self.0.params().filter(|(name, _)| !unwanted(name));
            let kept = kept.map(|(name, value)| format!("{}:{}", serde_json::Value::from(name), value));
            format!("{{{}}}", kept.collect::<Vec<_>>().join(","))
        })
    }
}

/// Returns the text of a JSON string, borrowed if it has no escapes; `None` if the value is not a string.
fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct JsonString<'t>(#[serde(borrow)] Cow<'t, str>);
    serde_json::from_str(value.get()).ok().map(|JsonString(text)| text)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::{
        super::{
            json_lines::JsonLines,
            row::{
                MAX_ROW_BYTES,
                test_support::{Parts, parts},
            },
            text_stream::TextStream,
        },
        *,
    };
    use crate::import::report::RejectedFormat;

    fn open(text: &str, skipped: &[&str]) -> JsonRows {
        let text = TextStream::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.ndjson", UTF_8);
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        JsonRows::new(Box::new(JsonLines::new(text)), &skipped, &TenantName::parse("zegoal").unwrap())
    }

    fn only_row(text: &str, skipped: &[&str]) -> Row {
        let mut rows = open(text, skipped);
        let row = rows.next_row().unwrap().unwrap();
        assert!(rows.next_row().unwrap().is_none());
        row
    }

    fn only_parts(text: &str, skipped: &[&str]) -> Parts {
        parts(only_row(text, skipped))
    }

    fn json(text: &str, skipped: &[&str]) -> String {
        only_parts(text, skipped).unwrap().0
    }

    #[test]
    fn a_line_is_sent_unchanged() {
        for line in [
            r#"{"contact_name": "\u0041nn", "contact_mobile_num":12345678901234567890}"#,
            r#"{"link_id": 5, "link_id": 6, "typo": {}}"#,
            "[]",
            "5",
        ] {
            let row = only_row(&format!("\n {line}\r\n\n"), &[]);
            assert_eq!((row.line, parts(row)), (2, Ok((line.to_owned(), None))));
        }
    }

    #[test]
    fn a_line_that_is_not_json_is_rejected_with_the_column() {
        let line = r#"{"contact_name": "Ann""#;
        let because = "the item is not JSON: EOF while parsing an object at column 22";
        assert_eq!(only_parts(line, &[]), Err((because.to_owned(), line.to_owned())));
    }

    #[test]
    fn a_skipped_key_is_only_in_the_rejected_row() {
        let line = r#"{"contact_id": 3, "contact_name": "Ann"}"#;
        let expected = (r#"{"contact_name":"Ann"}"#.to_owned(), Some(line.to_owned()));
        assert_eq!(only_parts(line, &["contact_id"]), Ok(expected));
    }

    #[test]
    fn a_rejected_line_is_read_without_the_added_keys() {
        let line = r#"{"rejected_line":7,"rejected_because":"why","contact_name":"Ann"}"#;
        assert_eq!(json(line, &[]), r#"{"contact_name":"Ann"}"#);
        let line = r#"{"rejected_line":7,"rejected_because":"why","rejected_text":"{\"link_id\":5}"}"#;
        assert_eq!(only_parts(line, &[]), Ok((r#"{"link_id":5}"#.to_owned(), None)));
    }

    #[test]
    fn a_foreign_rejected_text_key_is_sent_unchanged() {
        for line in [
            r#"{"contact_name":"Ann","rejected_text":"{\"contact_name\":\"Bob\"}"}"#,
            r#"{"rejected_text":{"contact_name":"Bob"}}"#,
            r#"{"rejected_text":5}"#,
        ] {
            assert_eq!(json(line, &[]), line);
        }
        let nested = r#"{"rejected_text":"{\"rejected_text\":\"5\"}"}"#;
        assert_eq!(json(nested, &[]), r#"{"rejected_text":"5"}"#);
    }

    #[test]
    fn numbers_and_strings_of_their_digits_give_the_same_key() {
        let key = |line: &str| match only_row(line, &[]).content {
            RowContent::Item { keys, .. } => keys,
            RowContent::Invalid { reason, .. } => panic!("{reason}"),
        };
        assert_eq!(key(r#"{"contact_id": 3}"#), key(r#"{"contact_id": "3"}"#));
        assert_eq!(
            key(r#"{"contact_name": "Ann", "contact_mobile_num": 671.0}"#),
            key(r#"{"contact_name": "Ann ", "contact_mobile_num": "671"}"#)
        );
    }

    #[test]
    fn a_line_without_an_end_is_not_read_into_memory() {
        let mut rows = open(&" ".repeat(4 * MAX_ROW_BYTES), &[]);
        let error = rows.next_row().unwrap_err().to_string();
        assert!(error.starts_with("people.ndjson: line 1 is longer than 1 MB"), "{error}");
    }

    proptest! {
        #[test]
        fn a_rejected_ndjson_line_can_be_imported(
            line in r#"\PC{0,9}|\{\}|\{"contact_name": ?"[a-z]{0,3}"( )?\}?|[0-9]{1,3}|\["\{"\]"#
        ) {
            prop_assume!(!line.trim().is_empty());
            let row = parts(open(&line, &[]).next_row().unwrap().unwrap());
            let original = match &row {
                Ok((_, original)) => original.as_deref().unwrap_or(line.trim()),
                Err((_, original)) => original,
            };
            let rejected = RejectedFormat::Ndjson.row(1, "of \"this\"", original);
            prop_assert!(serde_json::from_str::<Map<String, Value>>(&rejected).is_ok());
            let mut rows_again = open(&rejected, &[]);
            let row_again = parts(rows_again.next_row().unwrap().unwrap());
            // White space in an item may differ.
            let value = |row: Parts| {
                row.map(|(json, _)| serde_json::from_str::<Value>(&json).unwrap()).map_err(|_| ())
            };
            prop_assert_eq!(value(row_again), value(row));
            prop_assert!(rows_again.next_row().unwrap().is_none());
        }
    }
}
