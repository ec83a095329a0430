//! What TLS costs: the first calls of a new function, which has no open connections yet, with and without it.

use super::{
    environment::{Effect, Environment, LONGEST, List, Transport},
    settings::{LATENCY, MEMORY_SIZE_MB},
};
use crate::{
    error::Result,
    harness::program::Program,
    report::{
        markdown_table::MarkdownTable,
        stats::{median, milliseconds},
    },
};

/// The number of functions that are started for each transport.
const STARTS: u64 = 5;

const TRANSPORTS: [Transport; 2] = [Transport::Plain, Transport::Tls];

/// The milliseconds of one start.
struct Start {
    /// From the start of the process to the first answer.
    first_answer: f64,
    first_long_list: f64,
    second_long_list: f64,
    connections: f64,
}

/// Starts functions with each transport in turns.
pub(super) async fn measure(environment: &mut Environment<'_>) -> Result<MarkdownTable> {
    let mut starts = TRANSPORTS.map(|transport| (transport, Vec::new()));
    for seed in 0..STARTS {
        for (transport, starts) in &mut starts {
            starts.push(start(*transport, seed, environment).await?);
        }
    }
    let columns =
        ["upsert, 512 MB", "first answer, ms", "first list of 10,000, ms", "second, ms", "connections"];
    let mut table = MarkdownTable::new(&columns);
    for (transport, starts) in starts {
        let figure = |of: fn(&Start) -> f64| median(starts.iter().map(of));
        table.row([
            match transport {
                Transport::Plain => "HTTP",
                Transport::Tls => "HTTP over TLS",
            }
            .to_owned(),
            format!("{:.1}", figure(|start| start.first_answer)),
            format!("{:.0}", figure(|start| start.first_long_list)),
            format!("{:.0}", figure(|start| start.second_long_list)),
            format!("{:.0}", figure(|start| start.connections)),
        ]);
    }
    Ok(table)
}

async fn start(transport: Transport, seed: u64, environment: &mut Environment<'_>) -> Result<Start> {
    environment.replay(LATENCY, seed).await?;
    let function = environment.start(Program::Upsert, Some(MEMORY_SIZE_MB), transport).await?;
    let init = function.init;
    let created = |len| List { len, effect: Effect::Created };
    let (first, function) = environment.call(function, created(1)).await?;
    let (first_long, function) = environment.call(function, created(LONGEST)).await?;
    let connections = environment.stub.counts().await?.connections;
    environment.replay(LATENCY, seed).await?;
    let (second_long, function) = environment.call(function, created(LONGEST)).await?;
    function.function.stop().await?;
    Ok(Start {
        first_answer: milliseconds(init + first.duration),
        first_long_list: milliseconds(first_long.duration),
        second_long_list: milliseconds(second_long.duration),
        // The section's own client has one.
        connections: f64::from(connections.saturating_sub(1)),
    })
}
