//! Writing contacts as CSV, TSV or NDJSON.

use std::io::Write;

use super::{destination::Destination, format::ExportFormat};
use crate::{
    contact::{CONTACT_FIELDS, ContactRecord},
    error::CliError,
};

/// Writes contacts to a destination in one format.
pub(super) enum ContactWriter {
    /// Columns with a header, separated by commas or tabs; the cell of a missing field is empty.
    Table(Box<csv::Writer<Destination>>),
    /// An object per line; a missing field is left out.
    Ndjson(Destination),
}

impl ContactWriter {
    /// Starts an export. A table gets its header even if no contact follows.
    pub(super) fn new(format: ExportFormat, destination: Destination) -> Result<Self, CliError> {
        match format {
            ExportFormat::Ndjson => Ok(Self::Ndjson(destination)),
            ExportFormat::Csv => Self::table(b',', destination),
            ExportFormat::Tsv => Self::table(b'\t', destination),
        }
    }

    fn table(delimiter: u8, destination: Destination) -> Result<Self, CliError> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(destination);
        write_record(&mut writer, CONTACT_FIELDS.iter().map(|(title, _)| *title))?;
        Ok(Self::Table(Box::new(writer)))
    }

    pub(super) fn write(&mut self, record: &ContactRecord) -> Result<(), CliError> {
        match self {
            Self::Table(writer) => write_record(writer, CONTACT_FIELDS.iter().map(|(_, cell)| cell(record))),
            Self::Ndjson(destination) => serde_json::to_writer(&mut *destination, record)
                .map_err(Into::into)
                .and_then(|()| destination.write_all(b"\n"))
                .map_err(|error| CliError::write(destination.name(), error)),
        }
    }

    /// Completes the export.
    pub(super) fn finish(self) -> Result<(), CliError> {
        let destination = match self {
            Self::Ndjson(destination) => destination,
            Self::Table(writer) => {
                let name = writer.get_ref().name().to_owned();
                writer.into_inner().map_err(|error| CliError::write(&name, error.into_error()))?
            }
        };
        destination.finish()
    }
}

fn write_record(
    writer: &mut csv::Writer<Destination>,
    cells: impl Iterator<Item = impl AsRef<[u8]>>,
) -> Result<(), CliError> {
    writer.write_record(cells).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => CliError::write(writer.get_ref().name(), error),
        kind => unreachable!("every record has as many cells as the header: {kind:?}"),
    })
}
