//! The formats of files that can be imported.

use clap::ValueEnum;

/// The format of a file that is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Delimited values, one contact per row after a header line.
    Csv,
    /// JSON objects, one contact per line.
    Ndjson,
    /// A JSON array of contacts, or the body of an upsert request.
    Json,
    /// An Excel workbook: the first sheet, one contact per row after a header.
    Xlsx,
    /// vCards.
    #[value(name = "vcf")]
    Vcard,
}

impl InputFormat {
    /// Returns the format of a file name extension in lower case; `None` for an unknown one.
    pub(super) fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "csv" | "tsv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            "vcf" => Some(Self::Vcard),
            _ => None,
        }
    }

    /// Whether it is one of the JSON formats.
    pub(super) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }

    /// Returns the value of `--format`.
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Vcard => "vcf",
        }
    }

    /// Names the format in a message.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON, which has one JSON object per line",
            Self::Json => "a JSON array or a request's body",
            Self::Xlsx => "an Excel workbook",
            Self::Vcard => "a file of vCards",
        }
    }
}
