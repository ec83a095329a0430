//! What the sections find: tables, plots, and how the aims were met. [`pages`](crate::pages) writes them to
//! where they are shown.

use crate::table::Table;

/// What a section found.
#[derive(Default)]
pub(crate) struct Findings {
    /// Tables, each under the name by which pages ask for it.
    pub(crate) tables: Vec<(&'static str, String)>,
    /// Plots as SVG, each under its file's name without the ending.
    pub(crate) plots: Vec<(&'static str, String)>,
    /// How aims were met.
    pub(crate) aims: Vec<Aim>,
    /// What is worth knowing first: a subject, and what was found of it.
    pub(crate) headlines: Vec<[String; 2]>,
}

/// A figure that the service aims at.
pub(crate) struct Aim {
    /// What is measured.
    pub(crate) figure: &'static str,
    /// The most it may be.
    pub(crate) most: f64,
    /// What it was.
    pub(crate) measured: f64,
    /// What both are in.
    pub(crate) unit: &'static str,
}

impl Findings {
    /// Adds a table.
    pub(crate) fn table(&mut self, name: &'static str, table: &impl ToString) {
        self.tables.push((name, table.to_string()));
    }

    /// Adds a plot.
    pub(crate) fn plot(&mut self, name: &'static str, svg: String) {
        self.plots.push((name, svg));
    }

    /// Adds an aim.
    pub(crate) fn aim(&mut self, figure: &'static str, most: f64, measured: f64, unit: &'static str) {
        self.aims.push(Aim { figure, most, measured, unit });
    }

    /// Adds what is worth knowing first.
    pub(crate) fn headline(&mut self, subject: &str, found: String) {
        self.headlines.push([subject.to_owned(), found]);
    }

    /// Adds what another section found.
    pub(crate) fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.plots.extend(other.plots);
        self.aims.extend(other.aims);
        self.headlines.extend(other.headlines);
    }

    /// What only a run of all sections can tell: the aims, the headlines, and what they were measured on.
    pub(crate) fn whole(&self, machine: &str) -> Self {
        let mut headlines = Table::new(&["", "measured"]);
        for headline in &self.headlines {
            headlines.row(headline.clone());
        }
        let mut whole = Self::default();
        whole.table("aims", &self.table_of_aims());
        whole.table("headlines", &headlines);
        whole.table("machine", &machine);
        whole
    }

    /// All aims in one table.
    pub(crate) fn table_of_aims(&self) -> Table {
        let mut table = Table::new(&["figure", "aim, at most", "measured", "met"]);
        for aim in &self.aims {
            // What is read is what is compared: a figure that rounds to its aim has met it.
            let measured = format!("{:.2}", aim.measured);
            let met = measured.parse::<f64>().is_ok_and(|measured| measured <= aim.most);
            table.row([
                aim.figure.to_owned(),
                format!("{}{}", aim.most, aim.unit),
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
    fn an_aim_is_met_by_what_does_not_exceed_it() {
        let mut findings = Findings::default();
        findings.aim("enough", 1.5, 1.5, "×");
        findings.aim("too much", 1.5, 1.51, "×");
        let expected = "\
            | figure   | aim, at most | measured | met |\n\
            | -------- | -----------: | -------: | --: |\n\
            | enough   |         1.5× |    1.50× | yes |\n\
            | too much |         1.5× |    1.51× |  no |\n";
        assert_eq!(findings.table_of_aims().to_string(), expected);
    }
}
