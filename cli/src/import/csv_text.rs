//! Rows as CSV text.

use csv_core::WriterBuilder;

/// A row as CSV, without a line end.
pub(super) fn encode<'c>(cells: impl IntoIterator<Item = &'c str>, delimiter: u8) -> String {
    let writer = WriterBuilder::new().delimiter(delimiter).build();
    let mut text = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            text.push(char::from(delimiter));
        }
        if writer.should_quote(cell.as_bytes()) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text
}
