//! The tables, plots and aims of the section `store`.

use super::{
    cost::Cost,
    workload::{Measurements, Workload},
};
use crate::{
    error::Result,
    report::{
        markdown_table::MarkdownTable,
        plot::{self, Line},
        results::Results,
        stats::{median, milliseconds, min_max},
    },
};

/// The workloads that create every contact, as `Workload::Create` does.
const BASELINES: [Workload; 3] = [Workload::BatchWrite, Workload::TransactWrite, Workload::UpdateEach];

/// The workloads with an idempotency key, each with the one that it is compared with.
const WITH_KEY: [(Workload, Workload); 4] = [
    (Workload::CreateWithKey, Workload::Create),
    (Workload::RepeatWithKey, Workload::Repeat),
    (Workload::DeleteWithKey, Workload::Delete),
    (Workload::RepeatDeleteWithKey, Workload::Delete),
];

const PLOTTED: [Workload; 6] = [
    Workload::Create,
    Workload::Repeat,
    Workload::Change,
    Workload::BatchWrite,
    Workload::TransactWrite,
    Workload::UpdateEach,
];

/// A figure of a cost.
type Figure = fn(&Cost) -> f64;

const WALL_MS: Figure = |cost| milliseconds(cost.wall);
const CLIENT_CPU_MS: Figure = |cost| milliseconds(cost.client_cpu);

/// The lengths of the lists in tables that compare workloads.
const COMPARED_LENGTHS: [u32; 2] = [1, 10_000];

/// Reports the measurements, which are in the order of the lists' lengths.
pub(super) fn report(measurements: &[Measurements]) -> Result<Results> {
    let mut results = Results::default();
    let longest = measurements.last().expect("every list length is measured");
    results.table("store", &longest.table());
    results.table("store-ratios", &table_of_ratios(measurements));
    results.table("store-keys", &table_of_keys(measurements));
    let lines = microseconds_per_contact(measurements, WALL_MS);
    results.plot("store-wall", plot::lines("Wall time a contact", "contacts in the list", "µs", &lines)?);
    let lines = microseconds_per_contact(measurements, CLIENT_CPU_MS);
    results
        .plot("store-processor", plot::lines("Client CPU a contact", "contacts in the list", "µs", &lines)?);
    add_aims(measurements, longest, &mut results);
    add_headlines(longest, &mut results);
    Ok(results)
}

fn add_aims(measurements: &[Measurements], longest: &Measurements, results: &mut Results) {
    let ratio = |workload, base, of| median(longest.ratios(workload, base, of));
    results.aim(
        "10,000 creates, wall, next to `BatchWriteItem`",
        1.5,
        ratio(Workload::Create, Workload::BatchWrite, WALL_MS),
        "×",
    );
    results.aim(
        "client CPU a created contact, next to the same",
        1.1,
        ratio(Workload::Create, Workload::BatchWrite, CLIENT_CPU_MS),
        "×",
    );
    results.aim(
        "client CPU a changed contact, next to the same",
        1.5,
        ratio(Workload::Change, Workload::BatchWrite, CLIENT_CPU_MS),
        "×",
    );
    results.aim(
        "10,000 unchanged, wall, next to creates",
        0.25,
        ratio(Workload::Repeat, Workload::Create, WALL_MS),
        "×",
    );
    let write_units = |workload| longest.per_contact(workload, |cost| cost.usage.write_units);
    results.aim("write units a created contact", 1.0, write_units(Workload::Create), "");
    results.aim("write units a changed contact", 1.0, write_units(Workload::Change), "");
    results.aim("write units an unchanged contact", 0.0, write_units(Workload::Repeat), "");
    let single = with_length(measurements, 1);
    let round_trips = |workload| single.median(workload, |cost| f64::from(cost.usage.round_trips));
    results.aim("round trips of a warm single upsert", 2.0, round_trips(Workload::Create), "");
    results.aim("round trips of a warm single delete", 2.0, round_trips(Workload::Delete), "");
    let growth = longest.per_contact(Workload::Create, WALL_MS)
        / with_length(measurements, 100).per_contact(Workload::Create, WALL_MS);
    results.aim("wall a created contact: 10,000 next to 100", 1.0, growth, "×");
}

fn add_headlines(longest: &Measurements, results: &mut Results) {
    let figures = |workload: Workload| {
        format!(
            "{:.2} s, {:.2} s of client CPU, {:.0} calls, {:.0} write units",
            longest.median(workload, |cost| cost.wall.as_secs_f64()),
            longest.median(workload, |cost| cost.client_cpu.as_secs_f64()),
            longest.median(workload, |cost| f64::from(cost.usage.round_trips)),
            longest.median(workload, |cost| cost.usage.write_units),
        )
    };
    results.headline("10,000 contacts created", figures(Workload::Create));
    results.headline(
        "the same by `BatchWriteItem`, without conditions or outcomes",
        figures(Workload::BatchWrite),
    );
    results.headline("the same list again", figures(Workload::Repeat));
}

fn compared(measurements: &[Measurements]) -> impl Iterator<Item = &Measurements> {
    measurements.iter().filter(|of| COMPARED_LENGTHS.contains(&of.list_len))
}

fn with_length(measurements: &[Measurements], list_len: u32) -> &Measurements {
    let found = measurements.iter().find(|of| of.list_len == list_len);
    found.expect("lists of this length are measured")
}

impl Measurements {
    fn median(&self, workload: Workload, of: Figure) -> f64 {
        median(self.costs(workload).map(of))
    }

    fn per_contact(&self, workload: Workload, of: Figure) -> f64 {
        self.median(workload, of) / f64::from(self.list_len)
    }

    /// Returns the ratio of a workload's figure to that of `base` in each round.
    fn ratios(&self, workload: Workload, base: Workload, of: Figure) -> impl Iterator<Item = f64> {
        self.costs(workload).map(of).zip(self.costs(base).map(of)).map(|(one, base)| one / base)
    }

    fn table(&self) -> MarkdownTable {
        let contacts = f64::from(self.list_len);
        let columns: [(&str, f64, Figure); 8] = [
            ("wall, ms", 1.0, WALL_MS),
            ("client CPU, ms", 1.0, CLIENT_CPU_MS),
            ("allocations a contact", contacts, |cost| cost.allocations),
            ("bytes sent a contact", contacts, |cost| f64::from(cost.sent_bytes)),
            ("round trips", 1.0, |cost| f64::from(cost.usage.round_trips)),
            ("read units", 1.0, |cost| cost.usage.read_units),
            ("write units", 1.0, |cost| cost.usage.write_units),
            ("DynamoDB's CPU, ms", 1.0, |cost| milliseconds(cost.server_cpu)),
        ];
        let names: Vec<_> = ["workload"].into_iter().chain(columns.map(|(name, ..)| name)).collect();
        let mut table = MarkdownTable::new(&names);
        for workload in Workload::ALL {
            let figures = columns.map(|(_, per, of)| format!("{:.0}", self.median(workload, of) / per));
            table.row([workload.label().to_owned()].into_iter().chain(figures));
        }
        table
    }
}

/// The upsert that creates every contact, next to each baseline: median, least and greatest of the rounds.
fn table_of_ratios(measurements: &[Measurements]) -> MarkdownTable {
    let mut table = MarkdownTable::new(&["upsert, all created, next to", "contacts", "wall", "client CPU"]);
    for baseline in BASELINES {
        for of_length in compared(measurements) {
            let ratio = |of| {
                let ratios: Vec<_> = of_length.ratios(Workload::Create, baseline, of).collect();
                let (least, greatest) = min_max(ratios.iter().copied());
                format!("{:.2} ({least:.2} to {greatest:.2})", median(ratios))
            };
            table.row([
                baseline.label().to_owned(),
                of_length.list_len.to_string(),
                ratio(WALL_MS),
                ratio(CLIENT_CPU_MS),
            ]);
        }
    }
    table
}

/// The workloads with a key, next to those without: wall time of the rounds, and the calls and units of both.
fn table_of_keys(measurements: &[Measurements]) -> MarkdownTable {
    let columns =
        ["request", "contacts", "next to", "wall", "client CPU", "round trips", "read units", "write units"];
    let mut table = MarkdownTable::new(&columns);
    for (with_key, without) in WITH_KEY {
        for of_length in compared(measurements) {
            let ratio = |of| format!("{:.2}×", median(of_length.ratios(with_key, without, of)));
            let both = |of: Figure| {
                format!("{:.0} ({:.0})", of_length.median(with_key, of), of_length.median(without, of))
            };
            table.row([
                with_key.label().to_owned(),
                of_length.list_len.to_string(),
                without.label().to_owned(),
                ratio(WALL_MS),
                ratio(CLIENT_CPU_MS),
                both(|cost| f64::from(cost.usage.round_trips)),
                both(|cost| cost.usage.read_units),
                both(|cost| cost.usage.write_units),
            ]);
        }
    }
    table
}

/// Returns a line for each plotted workload: a figure in microseconds a contact, by the list's length.
fn microseconds_per_contact(measurements: &[Measurements], milliseconds: Figure) -> Vec<Line> {
    let line = |workload: Workload| {
        let points = measurements.iter().map(|of_length| {
            (f64::from(of_length.list_len), of_length.per_contact(workload, milliseconds) * 1_000.0)
        });
        Line { label: workload.label().to_owned(), points: points.collect() }
    };
    PLOTTED.map(line).into()
}
