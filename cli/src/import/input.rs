//! The file, opened: what it is, in which encoding, and its rows one after the other.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use contacts::domain::TenantName;
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{
    arguments::{Format, ImportArguments},
    csv_rows::CsvRows,
    json_rows::JsonRows,
    rejected::RejectedForm,
    row::{InputError, Row},
    text::Text,
};

/// How much of a file is looked at to find out what it is.
const HEAD: usize = 1024;

/// The most bytes before the end of the first line.
const MAX_FIRST_LINE: usize = 64 * 1024;

/// A file of contacts.
pub(super) struct Input {
    rows: Rows,
    /// Its size in bytes; unknown for a stream.
    pub(super) size: Option<u64>,
    /// How many of its bytes have been read.
    pub(super) bytes_read: Arc<AtomicU64>,
    /// How its rejected rows are to be written.
    pub(super) rejected_form: RejectedForm,
}

enum Rows {
    Csv(Box<CsvRows>),
    Json(JsonRows),
}

impl Input {
    /// Opens the file that the arguments name, and reads as much of it as tells whether it can be
    /// imported at all.
    pub(super) fn open(import: &ImportArguments, tenant: &TenantName) -> Result<Self, InputError> {
        let path = import.file.as_path();
        if path == Path::new("-") {
            return Self::of(Box::new(io::stdin()), None, "standard input", import, tenant);
        }
        let name = path.display().to_string();
        let unreadable = |error| InputError::Unreadable { name: name.clone(), error };
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return unfit(format!("{name} is a folder"));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::of(Box::new(file), size, &name, import, tenant)
    }

    fn of(
        source: Box<dyn Read + Send>,
        size: Option<u64>,
        name: &str,
        import: &ImportArguments,
        tenant: &TenantName,
    ) -> Result<Self, InputError> {
        let unreadable = |error| InputError::Unreadable { name: name.to_owned(), error };
        let bytes_read = Arc::new(AtomicU64::new(0));
        let mut source = Counted { source, bytes: Arc::clone(&bytes_read) };
        let mut head = Vec::new();
        source.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
        let encoding = encoding_of(&head, import.encoding);
        let foreign = encoding.is_some_and(|encoding| encoding != UTF_8);
        if let Some(sentence) = foreign_kind(&head, foreign) {
            return unfit(format!("{name} {sentence}"));
        }
        let byte_order_mark = Encoding::for_bom(&head).is_some();

        let source = Cursor::new(head).chain(source);
        let mut decoding = DecodeReaderBytesBuilder::new();
        // UTF-8 is left as it is, so that what isn't valid is found instead of replaced.
        decoding
            .encoding(encoding.filter(|_| foreign))
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(true);
        let mut decoded = decoding.build(source);
        let first = first_line(&mut decoded).map_err(unreadable)?;
        let format = format_of(&first, name, import)?;
        let text: Box<dyn BufRead + Send> =
            Box::new(BufReader::with_capacity(MAX_FIRST_LINE, Cursor::new(first.clone()).chain(decoded)));
        let text = Text::new(text, name, encoding.unwrap_or(UTF_8));
        let (rows, rejected_form) = match format {
            Format::Csv => {
                let delimiter = import.delimiter.unwrap_or_else(|| delimiter_of(&first));
                let rows = CsvRows::open(text, delimiter, &import.skip_column, import.empty_clears, tenant)?;
                let form = rows.rejected_form(byte_order_mark || foreign);
                (Rows::Csv(Box::new(rows)), form)
            }
            Format::Ndjson => {
                let rows = JsonRows::new(text, &import.skip_column, tenant);
                (Rows::Json(rows), RejectedForm::Ndjson)
            }
        };
        Ok(Self { rows, size, bytes_read, rejected_form })
    }

    /// The next row, or `None` at the end.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        match &mut self.rows {
            Rows::Csv(rows) => rows.next_row(),
            Rows::Json(rows) => rows.next_row(),
        }
    }
}

/// The encoding that the file begins to tell, or that was said.
fn encoding_of(head: &[u8], said: Option<&'static Encoding>) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding).or(said)
}

/// What a file is that is neither CSV nor NDJSON, and what to do with it.
fn foreign_kind(head: &[u8], foreign_encoding: bool) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 6] = [
        (
            b"PK\x03\x04",
            "is a spreadsheet (like .xlsx) or another zip archive: save it as CSV in UTF-8, or unpack it, \
             and import that",
        ),
        (b"\xd0\xcf\x11\xe0", "is an old Excel workbook: save it as CSV in UTF-8, and import that"),
        (b"\x1f\x8b", "is compressed by gzip: `zcat FILE | contacts import -` imports it"),
        (b"\x28\xb5\x2f\xfd", "is compressed by zstd: `zstdcat FILE | contacts import -` imports it"),
        (b"BZh", "is compressed by bzip2: `bzcat FILE | contacts import -` imports it"),
        (b"%PDF", "is a PDF: what can be imported is CSV or NDJSON"),
    ];
    let known = KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, sentence)| *sentence);
    let binary = !foreign_encoding && head.contains(&0);
    known.or(binary.then_some(
        "is not a text file, or one in UTF-16 without a byte-order mark: if so, say --encoding utf-16le \
         (or utf-16be)",
    ))
}

/// Reads up to the end of the first line that has anything on it.
fn first_line(decoded: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    let mut part = [0; 4096];
    while first.len() < MAX_FIRST_LINE && !first.trim_ascii_start().contains(&b'\n') {
        match decoded.read(&mut part)? {
            0 => break,
            read => first.extend_from_slice(&part[..read]),
        }
    }
    Ok(first)
}

/// What the file is: as was said, or as its ending says, or as its first character says.
fn format_of(first: &[u8], name: &str, import: &ImportArguments) -> Result<Format, InputError> {
    let ending = import.file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let by_ending = match ending.as_deref() {
        Some("csv" | "tsv") => Some(Format::Csv),
        Some("ndjson" | "jsonl") => Some(Format::Ndjson),
        _ => None,
    };
    let format = import.format.or(by_ending);
    match (first.trim_ascii_start().first(), format) {
        (None, _) => Ok(format.unwrap_or(Format::Csv)),
        (Some(b'['), Some(Format::Ndjson) | None) => unfit(format!(
            "{name} is one JSON list; what can be imported is NDJSON, one object a line: \
             `jq -c '.[]' FILE | contacts import -` makes and imports it"
        )),
        (Some(b'{'), Some(Format::Csv)) => {
            unfit(format!("{name} is not CSV: it begins with `{{`. If it is NDJSON, say --format ndjson"))
        }
        (Some(b'{'), _) => Ok(Format::Ndjson),
        (Some(_), Some(Format::Ndjson)) => unfit(format!(
            "{name} is not NDJSON, which has one JSON object a line. If it is CSV, say --format csv"
        )),
        (Some(_), _) => Ok(Format::Csv),
    }
}

/// The delimiter that the header has most of.
fn delimiter_of(first: &[u8]) -> u8 {
    let header = first.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.split(|byte| *byte == delimiter).count();
    // Of several equal ones, `max_by_key` takes the last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn unfit<T>(sentence: String) -> Result<T, InputError> {
    Err(InputError::Unfit(sentence))
}

/// Counts the bytes that are read.
struct Counted<R> {
    source: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
