//! The input file: opened and decoded, and read row by row.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek},
    path::Path,
};

use contacts_core::domain::TenantName;
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{
    byte_counter::{ByteCounter, BytesRead},
    columns::ColumnOptions,
    csv_records::CsvRecords,
    detection,
    file_watch::FileWatch,
    input_format::InputFormat,
    json_array::JsonArray,
    json_items::JsonItems,
    json_lines::JsonLines,
    json_rows::JsonRows,
    record::Records,
    request_body::RequestBody,
    row::Row,
    table_rows::{TableOptions, TableRows},
    text_stream::TextStream,
    vcard_records::VcardRecords,
    workbook_records::WorkbookRecords,
};
use crate::{
    error::CliError,
    import::{arguments::ImportArgs, report::RejectedFormat},
};

/// How many bytes of a file are read to detect its encoding.
const HEAD_BYTES: u64 = 1024;

/// The maximum number of bytes that are read to find the end of the first line.
const MAX_FIRST_LINE_BYTES: usize = 64 * 1024;

/// A file of contacts.
pub(crate) struct InputFile {
    rows: Rows,
    /// Rows that were read ahead.
    ahead: VecDeque<Row>,
    /// The error of the row after these.
    error: Option<CliError>,
    is_at_end: bool,
    /// The file, unless it is a stream.
    watch: Option<FileWatch>,
    /// Size in bytes; `None` for a stream.
    pub(crate) size: Option<u64>,
    /// How many bytes have been read so far.
    pub(crate) bytes_read: BytesRead,
    /// Format of the file of its rejected rows.
    pub(crate) rejected_format: RejectedFormat,
    /// What is imported of the file and what is left out, where that isn't everything.
    pub(crate) notes: Vec<String>,
}

enum Rows {
    Table(Box<TableRows>),
    Json(JsonRows),
}

/// The bytes of a file, or of a stream.
struct Source<'s> {
    name: &'s str,
    reader: Box<dyn Read + Send>,
    bytes_read: BytesRead,
}

/// The text of a file, and what was detected from its start.
struct DecodedText {
    text: TextStream,
    first_line: Vec<u8>,
    format: InputFormat,
    /// Whether the file has a byte-order mark or another encoding than UTF-8.
    is_marked: bool,
}

impl InputFile {
    /// Opens the file and reads its first line. Fails if it can't be imported.
    pub(crate) fn open(args: &ImportArgs, tenant: &TenantName) -> Result<Self, CliError> {
        let path = args.file()?;
        if path == Path::new("-") {
            return Self::of_stream(Box::new(io::stdin()), "standard input", args, tenant);
        }
        let name = path.display().to_string();
        let read_error = |error| CliError::read(&name, error);
        let mut file = File::open(path).map_err(read_error)?;
        let metadata = file.metadata().map_err(read_error)?;
        if metadata.is_dir() {
            return Err(CliError::usage(format!("{name} is a folder")));
        }
        if !metadata.is_file() {
            return Self::of_stream(Box::new(file), &name, args, tenant);
        }
        let mut head = Vec::new();
        file.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(read_error)?;
        file.rewind().map_err(read_error)?;
        let input = if detection::is_zip(&head) {
            let records = WorkbookRecords::open(file, &name)?;
            Self::of_table(Box::new(records), args, tenant, &name, b',', true)?
        } else {
            Self { size: Some(metadata.len()), ..Self::of_stream(Box::new(file), &name, args, tenant)? }
        };
        Ok(Self { watch: Some(FileWatch::new(path, &metadata)), ..input })
    }

    fn of_stream(
        reader: Box<dyn Read + Send>,
        name: &str,
        args: &ImportArgs,
        tenant: &TenantName,
    ) -> Result<Self, CliError> {
        let bytes_read = BytesRead::default();
        let decoded = Source { name, reader, bytes_read: bytes_read.clone() }.decode(args)?;
        let DecodedText { mut text, first_line, format, is_marked } = decoded;
        let input = match format {
            InputFormat::Csv => {
                let named = detection::named_delimiter(&first_line);
                let mut line = Vec::new();
                if named.is_some() {
                    text.read_line(&mut line, first_line.len())?;
                }
                let delimiter = args.delimiter.or(named);
                let delimiter = delimiter.unwrap_or_else(|| detection::delimiter(&first_line));
                let records = CsvRecords::new(text, delimiter).after(&line);
                Self::of_table(Box::new(records), args, tenant, name, delimiter, is_marked)?
            }
            InputFormat::Vcard => {
                let records = Box::new(VcardRecords::new(text));
                let mut input = Self::of_table(records, args, tenant, name, b',', is_marked)?;
                input.notes.push(
                    "Of each vCard, the name, one number (mobile before others), the first e-mail address, the \
                     organisation and the note are imported."
                        .to_owned(),
                );
                input
            }
            InputFormat::Ndjson => Self::of_json(Box::new(JsonLines::new(text)), args, tenant, name)?,
            InputFormat::Json if first_line.trim_ascii_start().starts_with(b"[") => {
                Self::of_json(Box::new(JsonArray::new(text)), args, tenant, name)?
            }
            InputFormat::Json => {
                Self::of_json(Box::new(RequestBody::read(text, tenant)?), args, tenant, name)?
            }
            InputFormat::Xlsx => {
                return Err(CliError::usage(format!("{name} is not an Excel workbook (.xlsx)")));
            }
        };
        Ok(Self { bytes_read, ..input })
    }

    /// Opens a table. Its rejected rows get this delimiter, and their file a byte-order mark.
    fn of_table(
        records: Box<dyn Records>,
        args: &ImportArgs,
        tenant: &TenantName,
        name: &str,
        delimiter: u8,
        byte_order_mark: bool,
    ) -> Result<Self, CliError> {
        let columns = ColumnOptions { skipped: &args.skip_column, mappings: &args.map };
        let options = TableOptions { columns, delimiter, empty_clears: args.empty_clears };
        let rows = TableRows::open(records, options, tenant, name)?;
        let (format, notes) = (rows.rejected_format(byte_order_mark), rows.notes.clone());
        Ok(Self::new(Rows::Table(Box::new(rows)), format, notes))
    }

    fn of_json(
        items: Box<dyn JsonItems>,
        args: &ImportArgs,
        tenant: &TenantName,
        name: &str,
    ) -> Result<Self, CliError> {
        if !args.map.is_empty() {
            return Err(CliError::usage(format!("{name} is JSON, which has no columns for --map")));
        }
        let rows = JsonRows::new(items, &args.skip_column, tenant);
        Ok(Self::new(Rows::Json(rows), RejectedFormat::Ndjson, Vec::new()))
    }

    fn new(rows: Rows, rejected_format: RejectedFormat, notes: Vec<String>) -> Self {
        let bytes_read = BytesRead::default();
        let (ahead, error, watch, size) = (VecDeque::new(), None, None, None);
        Self { rows, ahead, error, is_at_end: false, watch, size, bytes_read, rejected_format, notes }
    }

    /// Whether it is a stream, and not a regular file.
    pub(crate) fn is_stream(&self) -> bool {
        self.watch.is_none()
    }

    /// Reads the first rows ahead, up to this number, and returns them. An error of a later row is returned
    /// by [`Self::next_row`] in its place.
    pub(crate) fn first_rows(&mut self, count: usize) -> &VecDeque<Row> {
        while self.ahead.len() < count && self.error.is_none() && !self.is_at_end {
            match self.read_row() {
                Ok(Some(row)) => self.ahead.push_back(row),
                // Not read again: more may be appended to the file.
                Ok(None) => self.is_at_end = true,
                Err(error) => self.error = Some(error),
            }
        }
        &self.ahead
    }

    /// Reads the next row; `None` at the end of the file. Fails instead of returning the last row of a file
    /// that was changed while it was read, because that row may be cut off.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, CliError> {
        self.first_rows(1);
        let Some(row) = self.ahead.pop_front() else { return self.error.take().map_or(Ok(None), Err) };
        // A stream is not read ahead: its next row may come much later.
        if self.watch.is_some()
            && self.first_rows(1).is_empty()
            && let Some(watch) = self.watch.take()
        {
            watch.check()?;
        }
        Ok(Some(row))
    }

    fn read_row(&mut self) -> Result<Option<Row>, CliError> {
        match &mut self.rows {
            Rows::Table(rows) => rows.next_row(),
            Rows::Json(rows) => rows.next_row(),
        }
    }
}

impl Source<'_> {
    /// Detects the encoding and the format, and decodes the text.
    fn decode(self, args: &ImportArgs) -> Result<DecodedText, CliError> {
        let Self { name, reader, bytes_read } = self;
        let read_error = |error| CliError::read(name, error);
        let mut source = ByteCounter { source: reader, bytes_read };
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(read_error)?;
        let encoding = detection::encoding(&head, args.encoding);
        let transcoded = encoding.filter(|encoding| *encoding != UTF_8);
        detection::reject_unsupported(&head, name, transcoded.is_none())?;
        let is_marked = Encoding::for_bom(&head).is_some() || transcoded.is_some();

        let mut decoding = DecodeReaderBytesBuilder::new();
        // UTF-8 is passed through, so that invalid bytes are detected instead of replaced.
        decoding.encoding(transcoded).utf8_passthru(true).strip_bom(true).bom_override(true);
        let mut utf_8 = decoding.build(Cursor::new(head).chain(source));
        let first_line = read_first_line(&mut utf_8).map_err(read_error)?;
        if first_line.trim_ascii().is_empty() {
            return Err(CliError::usage(format!("{name} is empty"))
                .advice("`contacts import --template` prints a file to start from"));
        }
        let format = detection::format(&first_line, args.file()?, name, args.format)?;
        let text = Cursor::new(first_line.clone()).chain(utf_8);
        let text: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(MAX_FIRST_LINE_BYTES, text));
        let text = TextStream::new(text, name, transcoded.unwrap_or(UTF_8));
        Ok(DecodedText { text, first_line, format, is_marked })
    }
}

/// Reads to the end of the first line that is not blank, or somewhat further.
fn read_first_line(utf_8: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    let mut part = [0; 4096];
    let has_line_end = |text: &[u8]| text.trim_ascii_start().iter().any(|byte| matches!(byte, b'\r' | b'\n'));
    while first.len() < MAX_FIRST_LINE_BYTES && !has_line_end(&first) {
        match utf_8.read(&mut part)? {
            0 => break,
            read => first.extend_from_slice(&part[..read]),
        }
    }
    Ok(first)
}
