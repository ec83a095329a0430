//! The two forms that an export has.

use std::{ffi::OsStr, io::Write, path::Path};

use clap::ValueEnum;

use super::destination::Destination;
use crate::{
    contact::{ContactRecord, FIELDS},
    failure::Failure,
};

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns with a header; a field that a contact lacks is empty.
    Csv,
    /// A JSON object a line; a field that a contact lacks is left out.
    Ndjson,
}

impl Format {
    /// The form that a file's name promises.
    pub(super) fn of_file(path: &Path) -> Self {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("ndjson" | "jsonl") => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// Writes contacts in a form.
pub(super) enum Writer {
    Csv(Box<csv::Writer<Destination>>),
    Ndjson(Destination),
}

impl Writer {
    /// Begins; a CSV has its header even if there are no contacts.
    pub(super) fn new(format: Format, destination: Destination) -> Result<Self, Failure> {
        match format {
            Format::Ndjson => Ok(Self::Ndjson(destination)),
            Format::Csv => {
                let place = destination.place().to_owned();
                let mut writer = csv::Writer::from_writer(destination);
                let header = FIELDS.iter().map(|(title, _)| *title);
                writer.write_record(header).map_err(|error| failure(&place, error))?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    /// Writes a contact.
    pub(super) fn write(&mut self, record: &ContactRecord) -> Result<(), Failure> {
        match self {
            Self::Csv(writer) => {
                let fields = FIELDS.iter().map(|(_, field)| field(record));
                writer.write_record(fields).map_err(|error| failure(writer.get_ref().place(), error))
            }
            Self::Ndjson(destination) => {
                let written = serde_json::to_writer(&mut *destination, record).map_err(Into::into);
                written
                    .and_then(|()| destination.write_all(b"\n"))
                    .map_err(|error| Failure::writing(destination.place(), &error))
            }
        }
    }

    /// Ends, and hands back what it wrote to.
    pub(super) fn finish(self) -> Result<Destination, Failure> {
        match self {
            Self::Ndjson(destination) => Ok(destination),
            Self::Csv(writer) => {
                let place = writer.get_ref().place().to_owned();
                writer.into_inner().map_err(|error| Failure::writing(&place, error.error()))
            }
        }
    }
}

fn failure(place: &str, error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::writing(place, &error),
        other => Failure::Other(format!("{other:?}")),
    }
}
