//! One caller: how long it waits for a list, by the list's size.

use contacts::store::Store;

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

/// How long the lists are, and how many of them are sent.
const SIZES: [(u32, u32); 5] = [(1, 500), (10, 300), (100, 100), (1_000, 40), (10_000, 12)];

/// How many go before those that count: connections are made, and Node.js compiles what is used often.
const WARM_UP: u32 = 5;

/// What a program took for each list of a size, in milliseconds.
struct Measured {
    program: Program,
    size: u32,
    times: Vec<f64>,
}

/// A running program, and a tenant that calls it.
struct Contender {
    program: Program,
    caller: Caller,
    way: Way,
    _gateway: Gateway,
}

/// Sends the lists of each size, to the programs in turn.
pub(super) async fn section(store: &Store) -> Result<Findings, Failure> {
    let mut contenders = Vec::new();
    for program in PROGRAMS {
        let gateway = Gateway::serve(program, 1).await?;
        let caller = Caller::register(store, &format!("latency-{}", contenders.len())).await?;
        contenders.push(Contender { program, way: Way::new(&gateway, &caller), caller, _gateway: gateway });
    }
    let mut measured: Vec<Measured> = Vec::new();
    for (size, lists) in SIZES {
        let mut times = vec![Vec::new(); contenders.len()];
        let mut order: Vec<_> = (0..contenders.len()).collect();
        for number in 0..WARM_UP + lists {
            // Whoever comes later finds a fuller table.
            order.rotate_left(1);
            for &place in &order {
                let contender = &contenders[place];
                // Anew for each 10,000 contacts, so that the table is about as full for all sizes.
                if size * number % 10_000 < size {
                    empty_table(store.client()).await?;
                    for contender in &contenders {
                        contender.caller.register_again(store).await?;
                    }
                }
                let first = number * size;
                let time = contender.way.create(first..first + size).await?;
                if number >= WARM_UP {
                    times[place].push(time);
                }
            }
        }
        let done = contenders.iter().zip(times);
        measured.extend(done.map(|(contender, times)| Measured { program: contender.program, size, times }));
    }
    report(&measured)
}

fn report(measured: &[Measured]) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let mut table =
        Table::new(&["function", "contacts", "lists", "p50, ms", "p99 or slowest, ms", "p50 next to ours"]);
    for Measured { program, size, times } in measured {
        let ours = measured.iter().find(|one| one.program == Program::Upsert && one.size == *size);
        let ours = ours.map_or(0.0, |ours| median(ours.times.iter().copied()));
        let half = median(times.iter().copied());
        table.row([
            program.name().to_owned(),
            size.to_string(),
            times.len().to_string(),
            format!("{half:.1}"),
            format!("{:.1}", ninety_ninth_percentile(times.iter().copied())),
            format!("{:.2}", half / ours),
        ]);
    }
    findings.table("latency", &table);
    let lines: Vec<_> = PROGRAMS
        .iter()
        .flat_map(|program| {
            let of = |name: &str, percentile: fn(Vec<f64>) -> f64| Line {
                name: format!("{}, {name}", program.name()),
                points: measured
                    .iter()
                    .filter(|one| one.program == *program)
                    .map(|one| (f64::from(one.size), percentile(one.times.clone())))
                    .collect(),
            };
            [of("p50", median), of("p99", ninety_ninth_percentile)]
        })
        .collect();
    findings
        .plot("latency", plot::lines("Answer to a list, all created", "contacts in the list", "ms", &lines)?);
    let half = |size| {
        let of = |program| {
            let one = measured.iter().find(|one| one.program == program && one.size == size);
            one.map_or(f64::NAN, |one| median(one.times.iter().copied()))
        };
        let [ours, node, python] = PROGRAMS.map(of);
        format!("{ours:.1} ms; Node.js: {node:.1} ms; Python: {python:.1} ms")
    };
    findings.headline("answer to 1 contact over HTTP, p50", half(1));
    findings.headline("answer to 10,000 contacts over HTTP, p50", half(10_000));
    Ok(findings)
}
