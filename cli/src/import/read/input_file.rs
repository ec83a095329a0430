//! The input file: opened and decoded, and read row by row.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
};

use contacts_core::domain::TenantName;
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{
    byte_counter::{ByteCounter, BytesRead},
    csv_rows::{CsvOptions, CsvRows},
    detection,
    ndjson_rows::NdjsonRows,
    row::Row,
    text_stream::TextStream,
};
use crate::{
    error::CliError,
    file_format::FileFormat,
    import::{arguments::ImportArgs, report::RejectedFormat},
};

/// How many bytes of a file are read to detect its encoding.
const HEAD_BYTES: u64 = 1024;

/// The maximum number of bytes that are read to find the end of the first line.
const MAX_FIRST_LINE_BYTES: usize = 64 * 1024;

/// A file of contacts.
pub(crate) struct InputFile {
    rows: Rows,
    /// Size in bytes; `None` for a stream.
    pub(crate) size: Option<u64>,
    /// How many bytes have been read so far.
    pub(crate) bytes_read: BytesRead,
    /// Format of the file of its rejected rows.
    pub(crate) rejected_format: RejectedFormat,
}

enum Rows {
    Csv(Box<CsvRows>),
    Ndjson(NdjsonRows),
}

impl InputFile {
    /// Opens the file and reads its first line. Fails if it can't be imported.
    pub(crate) fn open(args: &ImportArgs, tenant: &TenantName) -> Result<Self, CliError> {
        let path = args.file.as_path();
        if path == Path::new("-") {
            return Self::decode(Box::new(io::stdin()), None, "standard input", args, tenant);
        }
        let name = path.display().to_string();
        let read_error = |error| CliError::read(&name, error);
        let file = File::open(path).map_err(read_error)?;
        let metadata = file.metadata().map_err(read_error)?;
        if metadata.is_dir() {
            return Err(CliError::usage(format!("{name} is a folder")));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::decode(Box::new(file), size, &name, args, tenant)
    }

    fn decode(
        source: Box<dyn Read + Send>,
        size: Option<u64>,
        name: &str,
        args: &ImportArgs,
        tenant: &TenantName,
    ) -> Result<Self, CliError> {
        let read_error = |error| CliError::read(name, error);
        let bytes_read = BytesRead::default();
        let mut source = ByteCounter { source, bytes_read: bytes_read.clone() };
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(read_error)?;
        let encoding = detection::encoding(&head, args.encoding);
        let transcoded = encoding.filter(|encoding| *encoding != UTF_8);
        detection::reject_unsupported(&head, name, transcoded.is_none())?;
        let has_byte_order_mark = Encoding::for_bom(&head).is_some();

        let mut decoding = DecodeReaderBytesBuilder::new();
        // UTF-8 is passed through, so that invalid bytes are detected instead of replaced.
        decoding.encoding(transcoded).utf8_passthru(true).strip_bom(true).bom_override(true);
        let mut utf_8 = decoding.build(Cursor::new(head).chain(source));
        let first_line = read_first_line(&mut utf_8).map_err(read_error)?;
        let format = detection::format(&first_line, &args.file, name, args.format)?;
        let text = Cursor::new(first_line.clone()).chain(utf_8);
        let text: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(MAX_FIRST_LINE_BYTES, text));
        let text = TextStream::new(text, name, transcoded.unwrap_or(UTF_8));
        let (rows, rejected_format) = match format {
            FileFormat::Csv => {
                let options = CsvOptions {
                    delimiter: args.delimiter.unwrap_or_else(|| detection::delimiter(&first_line)),
                    skipped: &args.skip_column,
                    empty_clears: args.empty_clears,
                };
                let rows = CsvRows::open(text, &options, tenant)?;
                let format = rows.rejected_format(has_byte_order_mark || transcoded.is_some());
                (Rows::Csv(Box::new(rows)), format)
            }
            FileFormat::Ndjson => {
                let rows = NdjsonRows::new(text, &args.skip_column, tenant);
                (Rows::Ndjson(rows), RejectedFormat::Ndjson)
            }
        };
        Ok(Self { rows, size, bytes_read, rejected_format })
    }

    /// Reads the next row; `None` at the end of the file.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, CliError> {
        match &mut self.rows {
            Rows::Csv(rows) => rows.next_row(),
            Rows::Ndjson(rows) => rows.next_row(),
        }
    }
}

/// Reads to the end of the first line that is not blank, or somewhat further.
fn read_first_line(utf_8: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    let mut part = [0; 4096];
    while first.len() < MAX_FIRST_LINE_BYTES && !first.trim_ascii_start().contains(&b'\n') {
        match utf_8.read(&mut part)? {
            0 => break,
            read => first.extend_from_slice(&part[..read]),
        }
    }
    Ok(first)
}
