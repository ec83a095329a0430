//! The latency of one caller's lists, by the list's length.

use contacts_core::store::Store;
use fixture::TenantFixture;
use gateway::Gateway;

use super::{
    client::{Client, PROGRAMS},
    gateway::serve,
};
use crate::{
    error::Result,
    harness::{dynamodb_table::recreate_table, program::Program, tenant_fixture::register_tenant},
    report::{
        markdown_table::MarkdownTable,
        plot::{self, Line},
        results::Results,
        stats::{median, p99},
    },
};

/// The lengths of the lists, and the number of lists of each.
const LENGTHS_AND_LISTS: [(u32, u32); 5] = [(1, 500), (10, 300), (100, 100), (1_000, 40), (10_000, 12)];

/// The number of lists that are not counted before those: they open connections, and Node.js compiles the
/// code that runs often.
const WARM_UP_LISTS: u32 = 5;

/// The table is recreated after this many contacts of each program, so that it is about as full for all
/// lengths.
const CONTACTS_PER_TABLE: u32 = 10_000;

/// The latencies of a program's lists of one length.
struct Latencies {
    program: Program,
    list_len: u32,
    milliseconds: Vec<f64>,
}

/// A running program, and a tenant that calls it.
struct Contender {
    program: Program,
    caller: TenantFixture,
    client: Client,
    _gateway: Gateway,
}

/// Sends the lists of each length to the programs in turns.
pub(super) async fn measure(store: &Store) -> Result<Results> {
    let mut contenders = Vec::new();
    for program in PROGRAMS {
        let gateway = serve(program, 1).await?;
        let caller = register_tenant(store, &format!("latency-{}", contenders.len())).await?;
        let client = Client::new(&gateway, &caller);
        contenders.push(Contender { program, caller, client, _gateway: gateway });
    }
    let mut measured = Vec::new();
    for (list_len, lists) in LENGTHS_AND_LISTS {
        measured.extend(measure_length(list_len, lists, &contenders, store).await?);
    }
    report(&measured)
}

async fn measure_length(
    list_len: u32,
    lists: u32,
    contenders: &[Contender],
    store: &Store,
) -> Result<Vec<Latencies>> {
    let mut measured: Vec<_> = contenders
        .iter()
        .map(|contender| Latencies { program: contender.program, list_len, milliseconds: Vec::new() })
        .collect();
    let mut order: Vec<_> = (0..contenders.len()).collect();
    for number in 0..WARM_UP_LISTS + lists {
        // The table is fuller for the later ones, so the order changes each turn.
        order.rotate_left(1);
        for &position in &order {
            if list_len * number % CONTACTS_PER_TABLE < list_len {
                recreate_table(store.client()).await?;
                for contender in contenders {
                    contender.caller.store(store).await?;
                }
            }
            let first = number * list_len;
            let latency = contenders[position].client.create(first..first + list_len).await?;
            if number >= WARM_UP_LISTS {
                measured[position].milliseconds.push(latency);
            }
        }
    }
    Ok(measured)
}

fn report(measured: &[Latencies]) -> Result<Results> {
    let mut results = Results::default();
    results.table("latency", &table(measured));
    let lines: Vec<_> = PROGRAMS
        .iter()
        .flat_map(|&program| {
            let line = |name: &str, statistic: fn(Vec<f64>) -> f64| Line {
                label: format!("{}, {name}", program.label()),
                points: measured
                    .iter()
                    .filter(|one| one.program == program)
                    .map(|one| (f64::from(one.list_len), statistic(one.milliseconds.clone())))
                    .collect(),
            };
            [line("p50", median), line("p99", p99)]
        })
        .collect();
    results
        .plot("latency", plot::lines("Answer to a list, all created", "contacts in the list", "ms", &lines)?);
    let medians = |list_len| {
        let [ours, node, python] = PROGRAMS.map(|program| median_of(measured, program, list_len));
        format!("{ours:.1} ms; Node.js: {node:.1} ms; Python: {python:.1} ms")
    };
    results.headline("answer to 1 contact over HTTP, p50", medians(1));
    results.headline("answer to 10,000 contacts over HTTP, p50", medians(10_000));
    Ok(results)
}

fn table(measured: &[Latencies]) -> MarkdownTable {
    let columns = ["function", "contacts", "lists", "p50, ms", "p99 or slowest, ms", "p50 next to ours"];
    let mut table = MarkdownTable::new(&columns);
    for Latencies { program, list_len, milliseconds } in measured {
        let p50 = median(milliseconds.iter().copied());
        table.row([
            program.label().to_owned(),
            list_len.to_string(),
            milliseconds.len().to_string(),
            format!("{p50:.1}"),
            format!("{:.1}", p99(milliseconds.iter().copied())),
            format!("{:.2}", p50 / median_of(measured, Program::Upsert, *list_len)),
        ]);
    }
    table
}

fn median_of(measured: &[Latencies], program: Program, list_len: u32) -> f64 {
    let found = measured.iter().find(|one| one.program == program && one.list_len == list_len);
    median(found.expect("every program is measured with every length").milliseconds.iter().copied())
}
