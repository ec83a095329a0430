//! Detection of a file's format, encoding and delimiter from its first bytes.

use std::{ffi::OsStr, path::Path};

use encoding_rs::Encoding;

use super::input_format::InputFormat;
use crate::error::CliError;

/// Returns the encoding of the file's byte-order mark, or else the one on the command line.
pub(super) fn encoding(head: &[u8], encoding_option: Option<&'static Encoding>) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding).or(encoding_option)
}

/// Whether the file is a zip archive, as Excel workbooks are.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// Fails if the file's first bytes are those of a known format that can't be imported, or not text.
pub(super) fn reject_unsupported(head: &[u8], name: &str, is_utf_8: bool) -> Result<(), CliError> {
    const UNSUPPORTED: [(&[u8], &str, &str); 6] = [
        (
            b"PK\x03\x04",
            "an Excel workbook or another zip archive, which can't be read from a stream",
            "Import an Excel workbook from a file, or unpack the archive and import the result",
        ),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as .xlsx, and import that"),
        (b"\x1f\x8b", "compressed by gzip", "`zcat FILE | contacts import -` imports it"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd", "`zstdcat FILE | contacts import -` imports it"),
        (b"BZh", "compressed by bzip2", "`bzcat FILE | contacts import -` imports it"),
        (b"%PDF", "a PDF", "CSV, Excel workbooks, JSON and vCards can be imported"),
    ];
    if let Some((_, format, advice)) = UNSUPPORTED.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Err(CliError::usage(format!("{name} is {format}")).advice(*advice));
    }
    if is_utf_8 && head.contains(&0) {
        let message = format!("{name} is not a text file, or UTF-16 without a byte-order mark");
        return Err(CliError::usage(message).advice("For UTF-16, add --encoding utf-16le (or utf-16be)"));
    }
    Ok(())
}

/// Returns the file's format: that of the command line, or of the file name extension, or of the first
/// characters. Fails if these contradict the format.
pub(super) fn format(
    first_line: &[u8],
    path: &Path,
    name: &str,
    format_option: Option<InputFormat>,
) -> Result<InputFormat, CliError> {
    let expected = format_option.or_else(|| {
        let extension = path.extension().and_then(OsStr::to_str)?;
        InputFormat::from_extension(&extension.to_ascii_lowercase())
    });
    let text = first_line.trim_ascii_start();
    let found = found_format(text);
    match (found, expected) {
        (_, Some(InputFormat::Csv)) if format_option.is_some() => Ok(InputFormat::Csv),
        (None, _) => Ok(expected.unwrap_or(InputFormat::Csv)),
        (Some(found), None) => Ok(found),
        (Some(InputFormat::Json), Some(InputFormat::Ndjson)) if text.starts_with(b"[") => {
            Err(CliError::usage(format!("{name} is a JSON array, not NDJSON")).advice("Add --format json"))
        }
        (Some(found @ (InputFormat::Ndjson | InputFormat::Json)), Some(expected)) if expected.is_json() => {
            Ok(found)
        }
        (Some(found), Some(expected)) if found == expected => Ok(found),
        (Some(found), Some(expected)) => {
            let message = format!("{name} is not {}", expected.description());
            let option = found.option();
            Err(CliError::usage(message)
                .advice(format!("It looks like {}: if it is, add --format {option}", found.description())))
        }
    }
}

/// Returns the format that the text of a file looks like; `None` for an empty one.
fn found_format(text: &[u8]) -> Option<InputFormat> {
    const CARD: &[u8] = b"BEGIN:VCARD";
    let contains = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    match text.first()? {
        b'[' => Some(InputFormat::Json),
        b'{' => {
            let first_line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
            let is_body = first_line.trim_ascii() == b"{" || contains(b"\"list_items\"");
            Some(if is_body { InputFormat::Json } else { InputFormat::Ndjson })
        }
        _ if text.get(..CARD.len()).is_some_and(|start| start.eq_ignore_ascii_case(CARD)) => {
            Some(InputFormat::Vcard)
        }
        _ => Some(InputFormat::Csv),
    }
}

/// Returns the delimiter that Excel's first line `sep=` names.
pub(super) fn named_delimiter(first_line: &[u8]) -> Option<u8> {
    let line = first_line.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter]
            if !delimiter.is_ascii_alphanumeric() && *delimiter != b'"' =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// Returns the delimiter that occurs most often in the header.
pub(super) fn delimiter(first_line: &[u8]) -> u8 {
    let header = first_line.trim_ascii_start().split(|byte| matches!(byte, b'\r' | b'\n')).next();
    let header = header.expect("a split has at least one part");
    let count = |delimiter: u8| header.split(|byte| *byte == delimiter).count();
    // Of several that occur equally often, `max_by_key` takes the last.
    let delimiters = [b'|', b'\t', b';', b','];
    delimiters.into_iter().max_by_key(|delimiter| count(*delimiter)).expect("the list is not empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_that_of_the_header_for_each_line_end() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a;b{end}1,2,3;4,5{end}");
            assert_eq!(delimiter(text.as_bytes()), b';');
        }
        assert_eq!(named_delimiter(b"sep=;\r\na;b"), Some(b';'));
        assert_eq!(named_delimiter(b"sep=\t\na\tb"), Some(b'\t'));
        assert_eq!(named_delimiter(b"separator,b\n"), None);
    }

    #[test]
    fn the_format_is_found_by_the_first_characters() {
        for (text, expected) in [
            ("a,b\n", Some(InputFormat::Csv)),
            ("{\"contact_id\": 3}\n", Some(InputFormat::Ndjson)),
            ("{\n  \"list_items\": [", Some(InputFormat::Json)),
            ("{\"account_id\": 3, \"list_items\": [{}]}", Some(InputFormat::Json)),
            ("[\n", Some(InputFormat::Json)),
            ("begin:vcard\r\n", Some(InputFormat::Vcard)),
            ("", None),
        ] {
            assert_eq!(found_format(text.as_bytes()), expected, "{text}");
        }
    }
}
