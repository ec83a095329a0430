//! The formats of an export.

use std::{ffi::OsStr, path::Path};

use clap::ValueEnum;

use crate::error::CliError;

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A contact per row after a header line, with commas between values.
    Csv,
    /// Like CSV, with tabs between values.
    Tsv,
    /// JSON objects, one contact per line.
    Ndjson,
}

impl ExportFormat {
    /// Returns the format of the file name extension, in upper or lower case: CSV for a name without an
    /// extension. Fails for an unknown extension.
    pub(super) fn from_extension(path: &Path) -> Result<Self, CliError> {
        let Some(extension) = path.extension() else { return Ok(Self::Csv) };
        match extension.to_str().map(str::to_ascii_lowercase).as_deref() {
            Some("csv" | "txt") => Ok(Self::Csv),
            Some("tsv") => Ok(Self::Tsv),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            _ => Err(unknown(extension)),
        }
    }
}

fn unknown(extension: &OsStr) -> CliError {
    CliError::usage(format!("an export can't be written as `.{}`", extension.display()))
        .advice("Name the file .csv, .txt, .tsv, .ndjson or .jsonl, or choose the format with `--format`")
}
