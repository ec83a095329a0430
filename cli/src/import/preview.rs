//! The preview of an import: which columns give which field, and the first rows as they were parsed.

use std::io::{self, IsTerminal};

use contacts_core::json::Object;

use super::read::{InputFile, RowContent};
use crate::output::note;

/// A CSV file to start from.
pub(super) const TEMPLATE: &str = "\
account_code,account_name,contact_name,contact_mobile_num,contact_type,contact_email,contact_desc
ACME,Acme Ltd,Ann Example,+380 67 000 0001,main_contact,ann@example.com,delete this row";

/// How many rows are shown.
const ROWS: usize = 3;

/// Shows what is imported of the file, on a terminal also its first rows. They go to standard error.
pub(super) fn show(input: &mut InputFile) {
    for line in &input.notes {
        note(line);
    }
    if !io::stderr().is_terminal() || input.is_stream() {
        return;
    }
    let rows = input.first_rows(ROWS);
    if !rows.is_empty() {
        note("The first rows:");
    }
    for row in rows {
        note(&format!("  line {}: {}", row.line, described(&row.content)));
    }
}

/// Formats a row as it was parsed.
fn described(content: &RowContent) -> String {
    match content {
        RowContent::Invalid { reason, .. } => format!("rejected: {reason}"),
        RowContent::Item { json, .. } => match Object::read(json) {
            Some(object) => {
                let fields = object.params().map(|(name, value)| format!("{name} {value}"));
                fields.collect::<Vec<_>>().join(", ")
            }
            None => json.clone(),
        },
    }
}
