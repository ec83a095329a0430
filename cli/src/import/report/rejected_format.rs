//! The format of rejected rows: they can be corrected and imported again.

use serde_json::{Value, value::RawValue};

use super::csv_line::csv_line;

/// The column (or key) with the row's line in the input.
pub(crate) const REJECTED_LINE: &str = "rejected_line";
/// The column (or key) with the reason of the rejection.
pub(crate) const REJECTED_BECAUSE: &str = "rejected_because";
/// The key with the text of an NDJSON line that is not a JSON object.
pub(crate) const REJECTED_TEXT: &str = "rejected_text";

/// The format of rejected rows; the same as the input's.
#[derive(Debug, Clone)]
pub(crate) enum RejectedFormat {
    Csv {
        /// The names of the input's columns.
        header: Vec<String>,
        delimiter: u8,
        /// Whether the file begins with a byte-order mark.
        byte_order_mark: bool,
    },
    Ndjson,
}

impl RejectedFormat {
    /// Formats what the file begins with.
    pub(crate) fn header(&self) -> String {
        match self {
            Self::Csv { header, delimiter, byte_order_mark } => {
                let added = [REJECTED_LINE, REJECTED_BECAUSE];
                let columns = added.into_iter().chain(header.iter().map(String::as_str));
                let mark = if *byte_order_mark { "\u{feff}" } else { "" };
                format!("{mark}{}\n", csv_line(columns, *delimiter))
            }
            Self::Ndjson => String::new(),
        }
    }

    /// Formats a rejected row: its line in the input, the reason, and the row's original text.
    pub(crate) fn row(&self, line: u64, reason: &str, original: &str) -> String {
        match self {
            Self::Csv { delimiter, .. } => {
                let added = csv_line([line.to_string().as_str(), reason], *delimiter);
                format!("{added}{}{original}\n", char::from(*delimiter))
            }
            Self::Ndjson => {
                let reason = Value::from(reason);
                let added = format!("{{\"{REJECTED_LINE}\":{line},\"{REJECTED_BECAUSE}\":{reason}");
                match object_members(original) {
                    Some("") => format!("{added}}}\n"),
                    // Valid JSON has line breaks between its tokens only.
                    Some(members) => format!("{added},{}}}\n", members.replace(['\r', '\n'], " ")),
                    None => format!("{added},\"{REJECTED_TEXT}\":{}}}\n", Value::from(original)),
                }
            }
        }
    }

    /// Returns the file name extension.
    pub(super) fn extension(&self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// Returns the text between the braces of a JSON object; `None` if the text is anything else.
fn object_members(text: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(text).ok()?.get().strip_prefix('{')?.strip_suffix('}').map(str::trim)
}
