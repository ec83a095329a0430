//! Detection of a file's format, encoding and delimiter from its first bytes.

use std::path::Path;

use encoding_rs::Encoding;

use crate::{error::CliError, file_format::FileFormat};

/// Returns the encoding of the file's byte-order mark, or else the one on the command line.
pub(super) fn encoding(head: &[u8], encoding_option: Option<&'static Encoding>) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding).or(encoding_option)
}

/// Fails if the file's first bytes are those of a known format that can't be imported, or not text.
pub(super) fn reject_unsupported(head: &[u8], name: &str, is_utf_8: bool) -> Result<(), CliError> {
    const UNSUPPORTED: [(&[u8], &str, &str); 6] = [
        (
            b"PK\x03\x04",
            "a spreadsheet (like .xlsx) or another zip archive",
            "Save it as CSV in UTF-8, or unpack it, and import the result",
        ),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as CSV in UTF-8, and import that"),
        (b"\x1f\x8b", "compressed by gzip", "`zcat FILE | contacts import -` imports it"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd", "`zstdcat FILE | contacts import -` imports it"),
        (b"BZh", "compressed by bzip2", "`bzcat FILE | contacts import -` imports it"),
        (b"%PDF", "a PDF", "Only CSV and NDJSON can be imported"),
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
/// character. Fails if the first character contradicts the format.
pub(super) fn format(
    first_line: &[u8],
    path: &Path,
    name: &str,
    format_option: Option<FileFormat>,
) -> Result<FileFormat, CliError> {
    let expected = format_option.or_else(|| FileFormat::from_extension(path));
    match (first_line.trim_ascii_start().first(), expected) {
        (None, _) => Ok(expected.unwrap_or(FileFormat::Csv)),
        (Some(b'['), Some(FileFormat::Ndjson) | None) => {
            Err(CliError::usage(format!("{name} is a JSON array, not NDJSON")).advice(
                "NDJSON has one object per line: `jq -c '.[]' FILE | contacts import -` converts and imports \
                 the array",
            ))
        }
        (Some(b'{'), Some(FileFormat::Csv)) => {
            Err(CliError::usage(format!("{name} is not CSV: it begins with `{{`"))
                .advice("If it is NDJSON, add --format ndjson"))
        }
        (Some(b'{'), _) => Ok(FileFormat::Ndjson),
        (Some(_), Some(FileFormat::Ndjson)) => {
            Err(CliError::usage(format!("{name} is not NDJSON, which has one JSON object per line"))
                .advice("If it is CSV, add --format csv"))
        }
        (Some(_), _) => Ok(FileFormat::Csv),
    }
}

/// Returns the delimiter that occurs most often in the header.
pub(super) fn delimiter(first_line: &[u8]) -> u8 {
    let header = first_line.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let header = header.expect("a split has at least one part");
    let count = |delimiter: u8| header.split(|byte| *byte == delimiter).count();
    // Of several that occur equally often, `max_by_key` takes the last.
    let delimiters = [b'|', b'\t', b';', b','];
    delimiters.into_iter().max_by_key(|delimiter| count(*delimiter)).expect("the list is not empty")
}
