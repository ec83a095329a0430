//! A JSON array of items, read in constant memory.

use super::{
    json_items::{JsonItem, JsonItems},
    line_counter::LineCounter,
    row::MAX_ROW_BYTES,
    text_stream::TextStream,
};
use crate::error::CliError;

/// The elements of a JSON array. Only their ends are found here; an element may not be valid JSON.
pub(super) struct JsonArray {
    text: TextStream,
    lines: LineCounter,
    position: Position,
    element: Vec<u8>,
}

/// Where in the array the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    BeforeArray,
    /// Before the first element or the end of the array.
    AfterBracket,
    AfterElement,
    AfterComma,
    AfterArray,
}

impl JsonArray {
    pub(super) fn new(text: TextStream) -> Self {
        Self { text, lines: LineCounter::default(), position: Position::BeforeArray, element: Vec::new() }
    }

    /// Returns the next byte without consuming it; `None` at the end of the file.
    fn peek(&mut self) -> Result<Option<u8>, CliError> {
        Ok(self.text.peek()?.first().copied())
    }

    fn consume(&mut self, byte: u8) {
        self.lines.add(&[byte]);
        self.text.consume(1);
    }

    /// Moves to the start of the next element. Returns false at the end of the array.
    fn find_element(&mut self) -> Result<bool, CliError> {
        while let Some(byte) = self.peek()? {
            self.position = match (byte, self.position) {
                (b' ' | b'\t' | b'\r' | b'\n', position) => position,
                (b'[', Position::BeforeArray) => Position::AfterBracket,
                (b']', Position::AfterBracket | Position::AfterElement) => Position::AfterArray,
                (b',', Position::AfterElement) => Position::AfterComma,
                (byte, Position::AfterBracket | Position::AfterComma) if !matches!(byte, b',' | b']') => {
                    return Ok(true);
                }
                _ => {
                    let advice = "A JSON file has one array, with commas between its elements";
                    return Err(self.text.error_at_line(self.lines.line(), "breaks the array", advice));
                }
            };
            self.consume(byte);
        }
        if self.position == Position::AfterArray {
            return Ok(false);
        }
        let problem = "is where the file ends, inside the array";
        Err(self.text.error_at_line(self.lines.line(), problem, "The file may be cut off"))
    }

    /// Reads an element to its end.
    fn read_element(&mut self) -> Result<(), CliError> {
        let line = self.lines.line();
        self.element.clear();
        let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            if depth == 0 && !in_string && matches!(byte, b',' | b']') {
                return Ok(());
            }
            self.element.push(byte);
            self.consume(byte);
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_string => is_escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && !in_string && matches!(byte, b'}' | b']') {
                return Ok(());
            }
            if self.element.len() > MAX_ROW_BYTES {
                let advice = "Check it for a missing quote or brace";
                return Err(self.text.error_at_line(line, "begins an element of more than 1 MB", advice));
            }
        }
        Err(self.text.error_at_line(line, "begins an element that is cut off", "The file may be incomplete"))
    }
}

impl JsonItems for JsonArray {
    fn next_item(&mut self) -> Result<Option<JsonItem<'_>>, CliError> {
        if !self.find_element()? {
            return Ok(None);
        }
        let line = self.lines.line();
        self.read_element()?;
        self.position = Position::AfterElement;
        let text = self.text.validate(&self.element, line)?.trim();
        Ok(Some(JsonItem { line, text }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use encoding_rs::UTF_8;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn elements(text: &str) -> Result<Vec<(u64, String)>, String> {
        let source = BufReader::with_capacity(3, Cursor::new(text.as_bytes().to_vec()));
        let mut array = JsonArray::new(TextStream::new(Box::new(source), "people.json", UTF_8));
        let mut found = Vec::new();
        while let Some(item) = array.next_item().map_err(|error| error.to_string())? {
            found.push((item.line, item.text.to_owned()));
        }
        Ok(found)
    }

    #[test]
    fn elements_have_the_line_that_they_begin_on() {
        let found = elements("\n[\n{\"a\": \"}\\\"]\"},\r\n  {\"b\":\n[1, {}]} , 5 ,\n\"x\" ]\n").unwrap();
        let expected = [(3, "{\"a\": \"}\\\"]\"}"), (4, "{\"b\":\n[1, {}]}"), (5, "5"), (6, "\"x\"")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
        assert_eq!(elements("[]").unwrap(), []);
    }

    #[test]
    fn a_broken_array_is_an_error_with_its_line() {
        for (text, part) in [
            ("[{},\n{\"a\":", "line 2 begins an element that is cut off"),
            ("[{},", "line 1 is where the file ends, inside the array"),
            ("[{} {}]", "line 1 breaks the array"),
            ("[]\n[]", "line 2 breaks the array"),
            ("[{},\n]", "line 2 breaks the array"),
            ("[{},,{}]", "line 1 breaks the array"),
        ] {
            let error = elements(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_array_is_split_into_its_elements(texts in prop::collection::vec(r#"[\[\]{},"\\\PC]{0,9}"#, 0..5)) {
            let items: Vec<Value> = texts.iter().map(|text| serde_json::json!({ text: [text, {}] })).collect();
            let found = elements(&serde_json::to_string_pretty(&items).unwrap()).unwrap();
            let found: Vec<Value> = found.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
            prop_assert_eq!(found, items);
        }
    }
}
