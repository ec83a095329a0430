//! Markdown tables whose columns are aligned in the source too.

use std::{fmt, time::Duration};

/// A table: the first column to the left, the others, which hold figures, to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|&name| name.to_owned()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default().max(3)
    }
}

impl fmt::Display for Table {
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

/// A duration as figures have it.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_one_another() {
        let mut table = Table::new(&["way", "wall"]);
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
