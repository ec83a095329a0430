//! Markdown tables whose columns are aligned in the source too.

use std::fmt;

/// A table: the first column is left-aligned, the others, which hold figures, are right-aligned.
pub(crate) struct MarkdownTable {
    rows: Vec<Vec<String>>,
}

impl MarkdownTable {
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|&name| name.to_owned()).collect()] }
    }

    /// Appends a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The width of the widest cell of a column, in characters; Markdown needs three dashes.
    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).fold(3, usize::max)
    }
}

impl fmt::Display for MarkdownTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if column == 0 {
                    write!(f, "| {cell:<width$} |")?;
                } else {
                    write!(f, " {cell:>width$} |")?;
                }
            }
            writeln!(f)?;
            if number == 0 {
                for column in 0..row.len() {
                    let dashes = "-".repeat(self.width(column) - 1);
                    if column == 0 {
                        write!(f, "| {dashes}- |")?;
                    } else {
                        write!(f, " {dashes}: |")?;
                    }
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_in_the_source() {
        let mut table = MarkdownTable::new(&["way", "wall"]);
        table.row(["one".to_owned(), "1.5 ms".to_owned()]);
        table.row(["another".to_owned(), "12.0 ms".to_owned()]);
        let expected = "\
            | way     |    wall |\n\
            | ------- | ------: |\n\
            | one     |  1.5 ms |\n\
            | another | 12.0 ms |\n";
        assert_eq!(table.to_string(), expected);
    }
}
