//! The function's own part of a long list: CPU time, calls and bytes, and the wall time next to the least that they allow.

use std::time::Duration;

use super::environment::{Effect, Environment, LONGEST, List, Transport};
use crate::{
    error::Result,
    harness::{program::Program, store_stub::latency::Latency},
    report::{
        markdown_table::MarkdownTable,
        results::Results,
        stats::{median, milliseconds},
    },
};

const LATENCY_MS: f64 = 5.0;

/// The number of lists that are measured. The resolution of another process's CPU time is 10 ms.
const LISTS: u32 = 12;

/// The number of lists before those.
const WARM_UP_LISTS: u32 = 3;

/// The calls that the store has under way at a time (`MAX_CONCURRENT_CALLS`).
const CONCURRENT_CALLS: f64 = 32.0;

/// Sends lists of new contacts to a function with a processor of its own, with and without TLS.
pub(super) async fn measure(environment: &mut Environment<'_>, results: &mut Results) -> Result<()> {
    let columns = [
        "10,000 created, latency 5 ms",
        "calls",
        "KB sent a call",
        "bytes sent a contact",
        "client CPU a contact, µs",
        "client CPU, ms",
        "calls × latency ÷ 32, ms",
        "wall, ms",
        "wall next to the greater",
    ];
    let mut table = MarkdownTable::new(&columns);
    for (transport, label) in [(Transport::Plain, "HTTP"), (Transport::Tls, "HTTP over TLS")] {
        let cost = measure_transport(transport, environment).await?;
        let waiting_ms = cost.calls * LATENCY_MS / CONCURRENT_CALLS;
        let contacts = f64::from(LONGEST);
        let ratio = cost.wall_ms / cost.cpu_ms.max(waiting_ms);
        table.row([
            label.to_owned(),
            format!("{:.0}", cost.calls),
            format!("{:.1}", cost.request_bytes / cost.calls / 1e3),
            format!("{:.0}", cost.request_bytes / contacts),
            format!("{:.1}", cost.cpu_ms * 1e3 / contacts),
            format!("{:.0}", cost.cpu_ms),
            format!("{waiting_ms:.0}"),
            format!("{:.0}", cost.wall_ms),
            format!("{ratio:.2}×"),
        ]);
        if transport == Transport::Plain {
            let bytes = (cost.request_bytes / contacts).round();
            results.aim("bytes sent a created contact: a third less than 685", 457.0, bytes, "");
        } else {
            results.aim("10,000 creates at 5 ms a call, next to their CPU or their waits", 1.2, ratio, "×");
        }
    }
    results.table("lambda-own", &table);
    Ok(())
}

/// The cost of one list.
struct Cost {
    wall_ms: f64,
    cpu_ms: f64,
    calls: f64,
    request_bytes: f64,
}

async fn measure_transport(transport: Transport, environment: &mut Environment<'_>) -> Result<Cost> {
    let mut function = environment.start(Program::Upsert, None, transport).await?;
    let process = function.function.process;
    let list = List { len: LONGEST, effect: Effect::Created };
    let (mut walls, mut cpu_before) = (Vec::new(), Duration::ZERO);
    for number in 0..WARM_UP_LISTS + LISTS {
        if number == WARM_UP_LISTS {
            cpu_before = process.cpu_time()?;
        }
        environment.replay(Latency::constant(LATENCY_MS), 0).await?;
        let call;
        (call, function) = environment.call(function, list).await?;
        if number >= WARM_UP_LISTS {
            walls.push(milliseconds(call.duration));
        }
    }
    let cpu = process.cpu_time()?.saturating_sub(cpu_before);
    let counts = environment.stub.counts().await?;
    function.function.stop().await?;
    Ok(Cost {
        wall_ms: median(walls),
        cpu_ms: milliseconds(cpu) / f64::from(LISTS),
        calls: f64::from(counts.calls),
        request_bytes: f64::from(counts.request_bytes),
    })
}
