//! The file formats of exports and imports.

use std::{ffi::OsStr, path::Path};

use clap::ValueEnum;

/// The format of a file of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// Delimited values, one contact per row after a header line.
    Csv,
    /// JSON objects, one contact per line.
    Ndjson,
}

impl FileFormat {
    /// Returns the format of a file name extension, in either case; `None` for an unknown
    /// extension.
    pub(crate) fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("csv" | "tsv") => Some(Self::Csv),
            Some("ndjson" | "jsonl") => Some(Self::Ndjson),
            _ => None,
        }
    }
}
