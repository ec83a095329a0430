//! What the rounds at the table come to.

use super::{Measured, Way};
use crate::{
    Failure,
    cost::Cost,
    findings::Findings,
    plot::{self, Line},
    samples::{extent, median},
    table::{Table, milliseconds},
};

/// The ways that make all contacts anew, which can be compared with one another.
const CREATING: [Way; 4] = [Way::Create, Way::BatchWrite, Way::TransactWrite, Way::UpdateEach];

/// What is plotted.
const PLOTTED: [Way; 6] =
    [Way::Create, Way::Repeat, Way::Change, Way::BatchWrite, Way::TransactWrite, Way::UpdateEach];

type Figure = fn(&Cost) -> f64;

pub(super) fn report(measured: &[Measured]) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let wall: Figure = |cost| milliseconds(cost.wall);
    let processor: Figure = |cost| milliseconds(cost.client);
    let largest = measured.last().ok_or("no list")?;
    findings.table("store", &largest.table());
    findings.table("store-ratios", &ratios(measured));
    findings.table("store-wall", &by_size(measured, "wall, ms", wall));
    findings.table("store-processor", &by_size(measured, "client CPU, ms", processor));
    let lines = a_contact(measured, wall);
    findings.plot("store-wall", plot::lines("Wall time a contact", "contacts in the list", "µs", &lines)?);
    let lines = a_contact(measured, processor);
    findings
        .plot("store-processor", plot::lines("Client CPU a contact", "contacts in the list", "µs", &lines)?);
    aims(measured, largest, &mut findings);
    let headline = |way: Way| {
        format!(
            "{:.2} s, {:.2} s of client CPU, {:.0} calls, {:.0} write units",
            largest.median(way, |cost| cost.wall.as_secs_f64()),
            largest.median(way, |cost| cost.client.as_secs_f64()),
            largest.median(way, |cost| f64::from(cost.usage.round_trips)),
            largest.median(way, |cost| cost.usage.write_units),
        )
    };
    findings.headline("10,000 contacts created", headline(Way::Create));
    findings
        .headline("the same by `BatchWriteItem`, which tells and checks nothing", headline(Way::BatchWrite));
    findings.headline("the same list again", headline(Way::Repeat));
    Ok(findings)
}

fn aims(measured: &[Measured], largest: &Measured, findings: &mut Findings) {
    let wall: Figure = |cost| milliseconds(cost.wall);
    let count = f64::from(largest.size);
    let next_to = |way, rival, of| median(largest.ratios(way, rival, of));
    let writes = |way| largest.median(way, |cost| cost.usage.write_units) / count;
    findings.aim(
        "10,000 creates, wall, next to `BatchWriteItem`",
        1.5,
        next_to(Way::Create, Way::BatchWrite, wall),
        "×",
    );
    findings.aim(
        "client CPU a created contact, next to the same",
        1.5,
        next_to(Way::Create, Way::BatchWrite, |cost| milliseconds(cost.client)),
        "×",
    );
    findings.aim(
        "10,000 unchanged, wall, next to creates",
        0.25,
        next_to(Way::Repeat, Way::Create, wall),
        "×",
    );
    findings.aim("write units a created contact", 1.0, writes(Way::Create), "");
    findings.aim("write units a changed contact", 1.0, writes(Way::Change), "");
    findings.aim("write units an unchanged contact", 0.0, writes(Way::Repeat), "");
    if let Some(single) = measured.iter().find(|measured| measured.size == 1) {
        let trips = |way| single.median(way, |cost| f64::from(cost.usage.round_trips));
        findings.aim("round trips of a warm single upsert", 2.0, trips(Way::Create), "");
        findings.aim("round trips of a warm single delete", 2.0, trips(Way::Delete), "");
    }
    if let Some(hundred) = measured.iter().find(|measured| measured.size == 100) {
        let a_contact = |of: &Measured| of.median(Way::Create, wall) / f64::from(of.size);
        let growth = a_contact(largest) / a_contact(hundred);
        findings.aim("wall a created contact: 10,000 next to 100", 1.0, growth, "×");
    }
}

impl Measured {
    fn median(&self, way: Way, of: impl Fn(&Cost) -> f64) -> f64 {
        median(self.costs(way).map(of))
    }

    /// One way next to another, round by round.
    fn ratios(&self, way: Way, rival: Way, of: Figure) -> impl Iterator<Item = f64> {
        self.costs(way).map(of).zip(self.costs(rival).map(of)).map(|(one, other)| one / other)
    }

    fn table(&self) -> Table {
        let columns = [
            "way",
            "wall, ms",
            "client CPU, ms",
            "server CPU, ms",
            "round trips",
            "read units",
            "write units",
        ];
        let mut table = Table::new(&columns);
        for way in Way::ALL {
            let figures: [Figure; 6] = [
                |cost| milliseconds(cost.wall),
                |cost| milliseconds(cost.client),
                |cost| milliseconds(cost.server),
                |cost| f64::from(cost.usage.round_trips),
                |cost| cost.usage.read_units,
                |cost| cost.usage.write_units,
            ];
            let figures = figures.map(|of| format!("{:.0}", self.median(way, of)));
            table.row([way.name().to_owned()].into_iter().chain(figures));
        }
        table
    }
}

/// The upsert that creates all next to the others that do: median, least and greatest of the rounds.
fn ratios(measured: &[Measured]) -> Table {
    let mut table = Table::new(&["upsert, all created, next to", "contacts", "wall", "client CPU"]);
    for rival in &CREATING[1..] {
        for size in measured {
            let ratio = |of| {
                let (least, most) = extent(size.ratios(Way::Create, *rival, of));
                format!("{:.2} ({least:.2} to {most:.2})", median(size.ratios(Way::Create, *rival, of)))
            };
            table.row([
                rival.name().to_owned(),
                size.size.to_string(),
                ratio(|cost| milliseconds(cost.wall)),
                ratio(|cost| milliseconds(cost.client)),
            ]);
        }
    }
    table
}

fn by_size(measured: &[Measured], what: &str, of: Figure) -> Table {
    let sizes: Vec<_> = measured.iter().map(|size| size.size.to_string()).collect();
    let columns: Vec<_> = [what].into_iter().chain(sizes.iter().map(String::as_str)).collect();
    let mut table = Table::new(&columns);
    for way in Way::ALL {
        let figures = measured.iter().map(|size| format!("{:.1}", size.median(way, of)));
        table.row([way.name().to_owned()].into_iter().chain(figures));
    }
    table
}

/// Lines of microseconds a contact over the size of the list.
fn a_contact(measured: &[Measured], of: Figure) -> Vec<Line> {
    let line = |way: Way| Line {
        name: way.name().to_owned(),
        points: measured
            .iter()
            .map(|size| (f64::from(size.size), size.median(way, of) * 1_000.0 / f64::from(size.size)))
            .collect(),
    };
    PLOTTED.map(line).into()
}
