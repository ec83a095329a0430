//! The largest list that the service takes, as one event: how long a function takes for it, from the
//! event to the whole answer, and how much memory.

use std::time::Duration;

use axum::body::Bytes;
use contacts::store::Store;
use runtime_api::{RuntimeApi, Waiting};

use crate::{
    Failure,
    caller::Caller,
    contact_list::{COUNT, upsert_body},
    event,
    function::{Function, UPSERT},
    samples::median,
    table::Table,
};

/// How many functions are started for it, each with a tenant of its own.
const STARTS: u32 = 5;

/// One invocation.
struct Invocation {
    wall: Duration,
    processor: Duration,
    /// How much of the function has been in memory at most, in kilobytes.
    peak_resident: u32,
    /// The sizes of the event and of the answer.
    sizes: [usize; 2],
}

/// Measures and reports.
pub(crate) async fn section(store: &Store, runtime_api: &mut RuntimeApi) -> Result<String, Failure> {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for number in 0..STARTS {
        let caller = Caller::register(store, &format!("memory-{number}")).await?;
        let event = event::post("/contacts", &caller, &upsert_body(0..COUNT));
        let (function, waiting) = Function::start(UPSERT, runtime_api).await?;
        let (first, waiting) = invoke(&function, waiting, &event, "created", runtime_api).await?;
        let (second, _) = invoke(&function, waiting, &event, "updated", runtime_api).await?;
        function.stop().await?;
        firsts.push(first);
        seconds.push(second);
    }
    Ok(report(&firsts, &seconds))
}

/// Has the function handle the event, and makes sure that every item did what it was to do.
async fn invoke(
    function: &Function,
    waiting: Waiting,
    event: &Bytes,
    expected: &str,
    runtime_api: &mut RuntimeApi,
) -> Result<(Invocation, Waiting), Failure> {
    let processor_before = function.process.processor_time()?;
    let (answer, waiting) = runtime_api.invoke(waiting, event.clone()).await?;
    let invocation = Invocation {
        wall: answer.ended - answer.begun,
        processor: function.process.processor_time()?.saturating_sub(processor_before),
        peak_resident: function.process.peak_resident()?,
        sizes: [event.len(), answer.body.len()],
    };
    let body = event::body_of(&answer.body)?;
    let results = body["result"].as_array().ok_or("an answer without results")?;
    if results.iter().all(|result| result["extended_info"] == expected) {
        Ok((invocation, waiting))
    } else {
        Err("a function did not do what it was to do".into())
    }
}

fn report(firsts: &[Invocation], seconds: &[Invocation]) -> String {
    let mut table = Table::new(&["invocation", "wall, ms", "CPU, ms", "peak resident so far, MB"]);
    for (name, invocations) in
        [("the first: all are created", firsts), ("the second: the same list again", seconds)]
    {
        let median = |of: fn(&Invocation) -> f64| median(invocations.iter().map(of));
        table.row([
            name.to_owned(),
            format!("{:.0}", median(|one| one.wall.as_secs_f64() * 1_000.0)),
            format!("{:.0}", median(|one| one.processor.as_secs_f64() * 1_000.0)),
            format!("{:.1}", median(|one| f64::from(one.peak_resident) * 1_024.0 / 1e6)),
        ]);
    }
    let sizes = firsts.first().map_or([0, 0], |first| first.sizes).map(|bytes| bytes / 1_000);
    format!(
        "## The largest list\n\n{COUNT} contacts in one event for `{UPSERT}`: {} KB, answered by {} KB. The \
         medians of {STARTS} functions, each started for it.\n\n{table}",
        sizes[0], sizes[1]
    )
}
