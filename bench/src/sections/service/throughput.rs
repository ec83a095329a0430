//! The throughput of many concurrent callers. Each sends its next list after the response to its last one.

use std::{
    ops::Range,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use contacts_core::store::Store;
use futures_util::future::try_join_all;

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

/// The numbers of callers. Each has an execution environment to itself, as on Lambda.
const CALLERS: [u32; 3] = [1, 4, 32];

/// The lengths of the lists.
const LENGTHS: [u32; 2] = [1, 100];

/// How long the callers send lists.
const DURATION: Duration = Duration::from_secs(3);

/// How long they send lists that are not counted before that: every environment is used, and Node.js compiles
/// the code that runs often.
const WARM_UP: Duration = Duration::from_millis(1_500);

/// The lists that some callers got through.
struct Throughput {
    program: Program,
    callers: u32,
    list_len: u32,
    latencies_ms: Vec<f64>,
    elapsed: Duration,
}

impl Throughput {
    fn lists_per_second(&self) -> f64 {
        let lists = u32::try_from(self.latencies_ms.len()).expect("it is a few thousand lists");
        f64::from(lists) / self.elapsed.as_secs_f64()
    }

    fn contacts_per_second(&self) -> f64 {
        self.lists_per_second() * f64::from(self.list_len)
    }
}

pub(super) async fn measure(store: &Store) -> Result<Results> {
    let mut measured = Vec::new();
    for callers in CALLERS {
        for program in PROGRAMS {
            let gateway = serve(program, callers as usize).await?;
            recreate_table(store.client()).await?;
            let tenant = register_tenant(store, "throughput").await?;
            let client = Client::new(&gateway, &tenant);
            let next_contact = AtomicU32::new(0);
            for list_len in LENGTHS {
                create_lists(&client, callers, &next_contact, list_len, WARM_UP).await?;
                recreate_table(store.client()).await?;
                tenant.store(store).await?;
                let started = Instant::now();
                let latencies_ms = create_lists(&client, callers, &next_contact, list_len, DURATION).await?;
                let elapsed = started.elapsed();
                measured.push(Throughput { program, callers, list_len, latencies_ms, elapsed });
            }
            gateway.stop().await;
        }
    }
    // The programs took turns, so that whatever slows the machine down for a while slows all of them.
    measured.sort_by_key(|one| PROGRAMS.iter().position(|program| *program == one.program));
    report(&measured)
}

/// Sends lists from concurrent callers, starting none after `duration`. Returns the latencies in
/// milliseconds.
async fn create_lists(
    client: &Client,
    callers: u32,
    next_contact: &AtomicU32,
    list_len: u32,
    duration: Duration,
) -> Result<Vec<f64>> {
    let started = Instant::now();
    let one_caller = || async {
        let mut latencies_ms = Vec::new();
        while started.elapsed() < duration {
            latencies_ms.push(client.create(take_numbers(next_contact, list_len)).await?);
        }
        Result::Ok(latencies_ms)
    };
    Ok(try_join_all((0..callers).map(|_| one_caller())).await?.concat())
}

/// Takes the numbers of contacts that no caller has created.
fn take_numbers(next_contact: &AtomicU32, count: u32) -> Range<u32> {
    let first = next_contact.fetch_add(count, Relaxed);
    first..first + count
}

fn report(measured: &[Throughput]) -> Result<Results> {
    let mut results = Results::default();
    let columns = [
        "function",
        "contacts a list",
        "callers",
        "lists a second",
        "contacts a second",
        "p50, ms",
        "p99, ms",
    ];
    let mut table = MarkdownTable::new(&columns);
    for one in measured {
        table.row([
            one.program.label().to_owned(),
            one.list_len.to_string(),
            one.callers.to_string(),
            format!("{:.0}", one.lists_per_second()),
            format!("{:.0}", one.contacts_per_second()),
            format!("{:.1}", median(one.latencies_ms.iter().copied())),
            format!("{:.1}", p99(one.latencies_ms.iter().copied())),
        ]);
    }
    results.table("throughput", &table);
    let lines: Vec<_> = PROGRAMS
        .iter()
        .flat_map(|&program| {
            LENGTHS.map(|list_len| Line {
                label: format!("{}, lists of {list_len}", program.label()),
                points: measured
                    .iter()
                    .filter(|one| one.program == program && one.list_len == list_len)
                    .map(|one| (f64::from(one.callers), one.contacts_per_second()))
                    .collect(),
            })
        })
        .collect();
    results.plot(
        "throughput",
        plot::lines("Contacts created a second", "callers", "contacts a second", &lines)?,
    );
    Ok(results)
}
