//! Writing contacts as CSV or NDJSON.

use std::io::Write;

use super::destination::Destination;
use crate::{
    contact::{CONTACT_FIELDS, ContactRecord},
    error::CliError,
    file_format::FileFormat,
};

/// Writes contacts to a destination in one format.
pub(super) enum ContactWriter {
    /// Columns with a header; the cell of a missing field is empty.
    Csv(Box<csv::Writer<Destination>>),
    /// An object per line; a missing field is left out.
    Ndjson(Destination),
}

impl ContactWriter {
    /// Starts an export. A CSV file gets its header even if no contact follows.
    pub(super) fn new(format: FileFormat, destination: Destination) -> Result<Self, CliError> {
        match format {
            FileFormat::Ndjson => Ok(Self::Ndjson(destination)),
            FileFormat::Csv => {
                let mut writer = csv::Writer::from_writer(destination);
                let header = CONTACT_FIELDS.iter().map(|(title, _)| *title);
                write_record(&mut writer, header)?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    pub(super) fn write(&mut self, record: &ContactRecord) -> Result<(), CliError> {
        match self {
            Self::Csv(writer) => write_record(writer, CONTACT_FIELDS.iter().map(|(_, cell)| cell(record))),
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
            Self::Csv(writer) => {
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
