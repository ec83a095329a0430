//! The rows of an NDJSON file: one item a line, sent as it came.

use std::{
    borrow::Cow,
    io::{BufRead, Read},
};

use contacts::{body::Object, domain::TenantName};
use serde_json::value::RawValue;

use super::{
    identity::Identity,
    row::{InputError, Item, MAX_ROW, REJECTED_BECAUSE, REJECTED_LINE, REJECTED_TEXT, Row},
    text::Text,
};

/// An NDJSON file.
pub(super) struct JsonRows {
    text: Text,
    skipped: Vec<String>,
    tenant: TenantName,
    line: u64,
    bytes: Vec<u8>,
}

impl JsonRows {
    pub(super) fn new(text: Text, skipped: &[String], tenant: &TenantName) -> Self {
        Self { text, skipped: skipped.to_vec(), tenant: tenant.clone(), line: 0, bytes: Vec::new() }
    }

    /// The next line that isn't blank.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        loop {
            self.bytes.clear();
            self.line += 1;
            let mut limited = self.text.source.by_ref().take(MAX_ROW as u64 + 1);
            let read = limited.read_until(b'\n', &mut self.bytes);
            let read = read.map_err(|error| self.text.unreadable(error))?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_ROW {
                return Err(self.text.unfit(
                    self.line,
                    "is longer than 1 MB: NDJSON has one contact a line. What stands before this line was \
                     imported, nothing after it; importing the whole file again stores nothing twice",
                ));
            }
            let text = self.text.valid(&self.bytes, self.line)?.trim();
            if !text.is_empty() {
                return Ok(Some(self.row(text)));
            }
        }
    }

    /// What a line says; one that was rejected may hold the line that it was made of.
    fn row(&self, text: &str) -> Row {
        // Nearly no line was, so that isn't worth reading each of them twice.
        let may_hold = text.contains(REJECTED_TEXT).then(|| serde_json::from_str(text).map(Members));
        let rejected = may_hold.and_then(Result::ok).and_then(|members| members.rejected_text());
        self.plain_row(rejected.as_deref().map_or(text, str::trim))
    }

    fn plain_row(&self, text: &str) -> Row {
        let line = self.line;
        let members = match serde_json::from_str(text).map(Members) {
            Ok(members) => members,
            Err(error) if serde_json::from_str::<&RawValue>(text).is_err() => {
                return Row { line, original: Some(text.to_owned()), item: Err(not_json(&error)) };
            }
            // The service will say what it must be.
            Err(_) => {
                let item = Item { json: text.to_owned(), identity: Identity::Nobody };
                return Row { line, original: None, item: Ok(item) };
            }
        };
        let rejection = |name: &str| [REJECTED_LINE, REJECTED_BECAUSE].contains(&name);
        let skipped = |name: &str| self.skipped.iter().any(|skipped| skipped == name);
        let identity = members.identity(&self.tenant, &self.skipped);
        let json = members.without(|name| rejection(name) || skipped(name));
        let original = json.is_some().then(|| members.without(rejection).unwrap_or_else(|| text.to_owned()));
        Row { line, original, item: Ok(Item { json: json.unwrap_or_else(|| text.to_owned()), identity }) }
    }
}

fn not_json(error: &serde_json::Error) -> String {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    format!("the line is not JSON: {what} at column {}", error.column())
}

/// The members of an object, in the order they came, their values as they were written.
struct Members<'t>(Object<'t>);

impl<'t> Members<'t> {
    /// A string, or the digits of a whole number, which mean the same.
    fn text(&self, name: &str) -> Option<Cow<'t, str>> {
        let value = self.0.get(name)?;
        if value.get().starts_with('"') {
            string(value)
        } else {
            Some(Cow::Borrowed(value.get().split('.').next().unwrap_or_default()))
        }
    }

    /// The line that a rejected one was made of, if it stands there as a string and with no item beside it: what
    /// is not of this tool's making is the service's to judge.
    fn rejected_text(&self) -> Option<Cow<'t, str>> {
        let own = [REJECTED_LINE, REJECTED_BECAUSE, REJECTED_TEXT];
        let is_rejection = self.0.params().all(|(name, _)| own.contains(&name));
        self.0.get(REJECTED_TEXT).filter(|_| is_rejection).and_then(string)
    }

    fn identity(&self, tenant: &TenantName, skipped: &[String]) -> Identity {
        let given = |name: &str| self.text(name).filter(|_| !skipped.iter().any(|skipped| skipped == name));
        let (id, link_id) = (given("contact_id"), given("link_id"));
        let (name, number) = (given("contact_name"), given("contact_mobile_num"));
        Identity::of(tenant, id.as_deref(), link_id.as_deref(), name.as_deref(), number.as_deref())
    }

    /// The object without some members; `None` if it has none of them.
    fn without(&self, unwanted: impl Fn(&str) -> bool) -> Option<String> {
        self.0.params().any(|(name, _)| unwanted(name)).then(|| {
            let kept = self.0.params().filter(|(name, _)| !unwanted(name));
            let kept = kept.map(|(name, value)| format!("{}:{}", serde_json::Value::from(name), value));
            format!("{{{}}}", kept.collect::<Vec<_>>().join(","))
        })
    }
}

/// The text of a string, without a copy where it has no escapes; none, if the value isn't a string.
fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct Quoted<'t>(#[serde(borrow)] Cow<'t, str>);
    serde_json::from_str(value.get()).ok().map(|Quoted(text)| text)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;

    use super::*;

    fn open(text: &str, skipped: &[&str]) -> JsonRows {
        let text = Text::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.ndjson", UTF_8);
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        JsonRows::new(text, &skipped, &TenantName::parse("zegoal").unwrap())
    }

    fn only(text: &str, skipped: &[&str]) -> Row {
        let mut rows = open(text, skipped);
        let row = rows.next_row().unwrap().unwrap();
        assert!(rows.next_row().unwrap().is_none());
        row
    }

    #[test]
    fn a_line_is_sent_as_it_came() {
        for line in [
            r#"{"contact_name": "\u0041nn", "contact_mobile_num":12345678901234567890}"#,
            r#"{"link_id": 5, "link_id": 6, "typo": {}}"#,
            "[]",
            "5",
        ] {
            let row = only(&format!("\n {line}\r\n\n"), &[]);
            assert_eq!((row.line, row.original, row.item.unwrap().json), (2, None, line.to_owned()));
        }
    }

    #[test]
    fn a_line_that_is_not_json_is_rejected_with_its_place() {
        let row = only(r#"{"contact_name": "Ann""#, &[]);
        let because = "the line is not JSON: EOF while parsing an object at column 22";
        assert_eq!(row.item.unwrap_err(), because);
        assert_eq!(row.original.unwrap(), r#"{"contact_name": "Ann""#);
    }

    #[test]
    fn a_skipped_key_is_not_sent_but_kept_in_a_rejected_row() {
        let line = r#"{"contact_id": 3, "contact_name": "Ann"}"#;
        let row = only(line, &["contact_id"]);
        assert_eq!(row.original.as_deref(), Some(line));
        assert_eq!(row.item.unwrap().json, r#"{"contact_name":"Ann"}"#);
    }

    #[test]
    fn a_rejected_line_is_read_without_what_was_added() {
        let row = only(r#"{"rejected_line":7,"rejected_because":"why","contact_name":"Ann"}"#, &[]);
        assert_eq!(row.item.unwrap().json, r#"{"contact_name":"Ann"}"#);
        let row =
            only(r#"{"rejected_line":7,"rejected_because":"why","rejected_text":"{\"link_id\":5}"}"#, &[]);
        assert_eq!((row.original, row.item.unwrap().json), (None, r#"{"link_id":5}"#.to_owned()));
    }

    #[test]
    fn a_rejected_text_that_this_tool_has_not_written_is_sent_as_it_came() {
        for line in [
            r#"{"contact_name":"Ann","rejected_text":"{\"contact_name\":\"Bob\"}"}"#,
            r#"{"rejected_text":{"contact_name":"Bob"}}"#,
            r#"{"rejected_text":5}"#,
        ] {
            assert_eq!(only(line, &[]).item.unwrap().json, line);
        }
        let nested = r#"{"rejected_text":"{\"rejected_text\":\"5\"}"}"#;
        assert_eq!(only(nested, &[]).item.unwrap().json, r#"{"rejected_text":"5"}"#);
    }

    #[test]
    fn a_number_and_the_string_of_its_digits_mean_the_same_contact() {
        let identity = |line: &str| only(line, &[]).item.unwrap().identity;
        assert_eq!(identity(r#"{"contact_id": 3}"#), identity(r#"{"contact_id": "3"}"#));
        assert_eq!(
            identity(r#"{"contact_name": "Ann", "contact_mobile_num": 671.0}"#),
            identity(r#"{"contact_name": "Ann ", "contact_mobile_num": "671"}"#)
        );
    }

    #[test]
    fn a_line_without_an_end_is_not_taken_into_memory() {
        let mut rows = open(&" ".repeat(4 * MAX_ROW), &[]);
        let error = rows.next_row().unwrap_err().to_string();
        assert!(error.starts_with("people.ndjson: line 1 is longer than 1 MB"), "{error}");
    }
}
