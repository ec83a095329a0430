//! The results of a section: tables, plots, aims and headlines.

use super::markdown_table::MarkdownTable;

/// The results of one section, or of all.
#[derive(Default)]
pub(crate) struct Results {
    /// Tables in Markdown. Each has the name of its markers in the pages.
    pub(crate) tables: Vec<(&'static str, String)>,
    /// Plots as SVG. Each has the name of its file without the extension.
    pub(crate) plots: Vec<(&'static str, String)>,
    aims: Vec<Aim>,
    headlines: Vec<[String; 2]>,
}

/// The greatest value that a figure should have, and its measured value.
struct Aim {
    figure: &'static str,
    at_most: f64,
    measured: f64,
    /// The unit of both, with a space before it if it takes one.
    unit: &'static str,
}

impl Results {
    /// Adds a table under the name of its markers.
    pub(crate) fn table(&mut self, name: &'static str, table: &impl ToString) {
        self.tables.push((name, table.to_string()));
    }

    /// Adds a plot under its file's name without the extension.
    pub(crate) fn plot(&mut self, name: &'static str, svg: String) {
        self.plots.push((name, svg));
    }

    /// Adds a figure with the greatest value that it should have.
    pub(crate) fn aim(&mut self, figure: &'static str, at_most: f64, measured: f64, unit: &'static str) {
        self.aims.push(Aim { figure, at_most, measured, unit });
    }

    /// Adds a row to the README's table of the most important results.
    pub(crate) fn headline(&mut self, subject: &str, measured: String) {
        self.headlines.push([subject.to_owned(), measured]);
    }

    /// Adds the results of another section.
    pub(crate) fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.plots.extend(other.plots);
        self.aims.extend(other.aims);
        self.headlines.extend(other.headlines);
    }

    /// Returns the tables that take a run of every section: aims, headlines, and the machine's description.
    pub(crate) fn summary(&self, machine: &str) -> Self {
        let mut headlines = MarkdownTable::new(&["", "measured"]);
        for headline in &self.headlines {
            headlines.row(headline.clone());
        }
        let mut summary = Self::default();
        summary.table("aims", &self.table_of_aims());
        summary.table("headlines", &headlines);
        summary.table("machine", &machine);
        summary
    }

    /// Returns a table of the aims, and whether each is met.
    pub(crate) fn table_of_aims(&self) -> MarkdownTable {
        let mut table = MarkdownTable::new(&["figure", "aim, at most", "measured", "met"]);
        for aim in &self.aims {
            // The rounded figure is compared, so that the table does not contradict itself.
            let measured = format!("{:.2}", aim.measured);
            let met = measured.parse::<f64>().is_ok_and(|measured| measured <= aim.at_most);
            table.row([
                aim.figure.to_owned(),
                format!("{}{}", aim.at_most, aim.unit),
                format!("{measured}{}", aim.unit),
                if met { "yes" } else { "no" }.to_owned(),
            ]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aim_is_met_by_a_value_that_does_not_exceed_it() {
        let mut results = Results::default();
        results.aim("enough", 1.5, 1.5, "×");
        results.aim("too much", 1.5, 1.51, "×");
        let expected = "\
            | figure   | aim, at most | measured | met |\n\
            | -------- | -----------: | -------: | --: |\n\
            | enough   |         1.5× |    1.50× | yes |\n\
            | too much |         1.5× |    1.51× |  no |\n";
        assert_eq!(results.table_of_aims().to_string(), expected);
    }
}
