//! Formatting a CSV row.

use csv_core::WriterBuilder;

/// Formats cells as a CSV row, without a line end.
pub(crate) fn csv_line<'c>(cells: impl IntoIterator<Item = &'c str>, delimiter: u8) -> String {
    let writer = WriterBuilder::new().delimiter(delimiter).build();
    let mut line = String::new();
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            line.push(char::from(delimiter));
        }
        if writer.should_quote(cell.as_bytes()) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line
}
