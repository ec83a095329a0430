//! Many callers at once, each of which sends its next list when it has the answer to the last.

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use contacts::store::Store;
use futures_util::future::try_join_all;

use super::{PROGRAMS, Way};
use crate::{
    Failure,
    caller::Caller,
    dynamodb::empty_table,
    findings::Findings,
    gateway::Gateway,
    plot::{self, Line},
    program::Program,
    samples::{median, ninety_ninth_percentile},
    table::Table,
};

/// How many callers there are; each has an execution environment to itself, as on Lambda.
const CALLERS: [usize; 3] = [1, 4, 32];

/// How long their lists are.
const SIZES: [u32; 2] = [1, 100];

/// For how long they call.
const SPAN: Duration = Duration::from_secs(3);

/// For how long before that: every environment gets its turns, and Node.js compiles what is used often.
const WARM_UP: Duration = Duration::from_millis(1_500);

/// What some callers got done.
struct Measured {
    program: Program,
    callers: usize,
    size: u32,
    times: Vec<f64>,
    span: Duration,
}

impl Measured {
    fn contacts_a_second(&self) -> f64 {
        let lists = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        f64::from(lists) * f64::from(self.size) / self.span.as_secs_f64()
    }
}

pub(super) async fn section(store: &Store) -> Result<Findings, Failure> {
    let mut measured = Vec::new();
    for callers in CALLERS {
        for program in PROGRAMS {
            let gateway = Gateway::serve(program, callers).await?;
            let caller = Caller::register(store, "throughput").await?;
            let way = Way::new(&gateway, &caller);
            let next = AtomicU32::new(0);
            for size in SIZES {
                call(&way, callers, &next, size, WARM_UP).await?;
                empty_table(store.client()).await?;
                caller.register_again(store).await?;
                let begun = Instant::now();
                let times = call(&way, callers, &next, size, SPAN).await?;
                measured.push(Measured { program, callers, size, times, span: begun.elapsed() });
            }
        }
    }
    measured.sort_by_key(|one| PROGRAMS.iter().position(|program| *program == one.program));
    report(&measured)
}

/// Has callers call for a while, and returns how long they waited for each answer.
async fn call(
    way: &Way,
    callers: usize,
    next: &AtomicU32,
    size: u32,
    span: Duration,
) -> Result<Vec<f64>, Failure> {
    let begun = Instant::now();
    let one = || async {
        let mut times = Vec::new();
        while begun.elapsed() < span {
            times.push(way.create(taken(next, size)).await?);
        }
        Ok::<_, Failure>(times)
    };
    Ok(try_join_all((0..callers).map(|_| one())).await?.concat())
}

/// The next numbers that nobody has.
fn taken(next: &AtomicU32, size: u32) -> std::ops::Range<u32> {
    let first = next.fetch_add(size, Relaxed);
    first..first + size
}

fn report(measured: &[Measured]) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let columns = [
        "function",
        "contacts a list",
        "callers",
        "lists a second",
        "contacts a second",
        "p50, ms",
        "p99, ms",
    ];
    let mut table = Table::new(&columns);
    for one in measured {
        let contacts = one.contacts_a_second();
        table.row([
            one.program.name().to_owned(),
            one.size.to_string(),
            one.callers.to_string(),
            format!("{:.0}", contacts / f64::from(one.size)),
            format!("{contacts:.0}"),
            format!("{:.1}", median(one.times.iter().copied())),
            format!("{:.1}", ninety_ninth_percentile(one.times.iter().copied())),
        ]);
    }
    findings.table("throughput", &table);
    let lines: Vec<_> = PROGRAMS
        .iter()
        .flat_map(|program| {
            SIZES.map(|size| Line {
                name: format!("{}, lists of {size}", program.name()),
                points: measured
                    .iter()
                    .filter(|one| one.program == *program && one.size == size)
                    .map(|one| {
                        (f64::from(u32::try_from(one.callers).unwrap_or(u32::MAX)), one.contacts_a_second())
                    })
                    .collect(),
            })
        })
        .collect();
    findings.plot(
        "throughput",
        plot::lines("Contacts created a second", "callers", "contacts a second", &lines)?,
    );
    Ok(findings)
}
