//! From the start of a function's process to its first request for an event, and to its first answer.

use std::{fs, time::Duration};

use contacts::{
    store::{OperationId, Store},
    upsert::upsert,
};
use runtime_api::RuntimeApi;

use crate::{
    Failure,
    caller::Caller,
    contact_list::{FIRST, delete_body, items, upsert_body},
    event,
    function::{self, BARE, DELETE, Function, UPSERT},
    samples::{median, ninetieth_percentile},
    table::Table,
};

/// How many starts of each function count. One more goes before them, so that its file is in memory.
const STARTS: u32 = 100;

/// One start of a function.
struct Start {
    /// Until it asked for its first event.
    init: Duration,
    /// Until its first answer was there.
    first_answer: Duration,
    /// How much of it was in memory when it asked for its first event, in kilobytes.
    resident: u32,
}

/// Starts the functions in turn, and reports.
pub(crate) async fn section(store: &Store, runtime_api: &mut RuntimeApi) -> Result<String, Failure> {
    let caller = Caller::register(store, "cold-start").await?;
    let mut functions = [BARE, UPSERT, DELETE].map(|name| (name, Vec::new()));
    for number in 0..=STARTS {
        for (name, starts) in &mut functions {
            let start = start(name, number, store, &caller, runtime_api).await?;
            if number > 0 {
                starts.push(start);
            }
        }
    }
    report(&functions)
}

async fn start(
    name: &str,
    number: u32,
    store: &Store,
    caller: &Caller,
    runtime_api: &mut RuntimeApi,
) -> Result<Start, Failure> {
    let event = if name == DELETE {
        let operation = OperationId::new("cold-start");
        upsert(store, &caller.tenant, &operation, &items(1, FIRST)?).await?;
        event::post("/contacts/delete", caller, &delete_body(caller.tenant.name.as_str(), 0))
    } else {
        event::post("/contacts", caller, &upsert_body([number + 1]))
    };
    let (function, waiting) = Function::start(name, runtime_api).await?;
    let init = waiting.since - function.begun;
    let resident = function.process.resident()?;
    // What was measured in between is no part of the start.
    let (answer, _) = runtime_api.invoke(waiting, event).await?;
    let first_answer = init + (answer.ended - answer.begun);
    function.stop().await?;
    let done = match name {
        UPSERT => event::body_of(&answer.body)?["result"][0]["extended_info"] == "created",
        DELETE => event::body_of(&answer.body)?["processing_result"]["text"] == "success",
        _ => true,
    };
    if done {
        Ok(Start { init, first_answer, resident })
    } else {
        Err(format!("{name} did not do what it was to do").into())
    }
}

fn report(functions: &[(&str, Vec<Start>)]) -> Result<String, Failure> {
    let columns =
        ["function", "init, ms", "90th", "next to bare", "first answer, ms", "90th", "next to bare"];
    let mut times = Table::new(&columns);
    let mut sizes = Table::new(&["function", "binary, MB", "resident before the first event, MB"]);
    let init = |start: &Start| start.init.as_secs_f64() * 1_000.0;
    let first_answer = |start: &Start| start.first_answer.as_secs_f64() * 1_000.0;
    let bare = &functions.first().ok_or("no function")?.1;
    let bare_init = median(bare.iter().map(init));
    let bare_first_answer = median(bare.iter().map(first_answer));
    for (name, starts) in functions {
        let median_init = median(starts.iter().map(init));
        let median_first_answer = median(starts.iter().map(first_answer));
        times.row([
            (*name).to_owned(),
            format!("{median_init:.2}"),
            format!("{:.2}", ninetieth_percentile(starts.iter().map(init))),
            format!("{:.2}", median_init / bare_init),
            format!("{median_first_answer:.2}"),
            format!("{:.2}", ninetieth_percentile(starts.iter().map(first_answer))),
            format!("{:.2}", median_first_answer / bare_first_answer),
        ]);
        let bytes = u32::try_from(fs::metadata(function::file(name)?)?.len())?;
        let kilobytes = median(starts.iter().map(|start| f64::from(start.resident)));
        sizes.row([
            (*name).to_owned(),
            format!("{:.2}", f64::from(bytes) / 1e6),
            format!("{:.2}", kilobytes * 1_024.0 / 1e6),
        ]);
    }
    Ok(format!(
        "## Cold start\n\nFrom the start of the process to its first request for an event, and to its first \
         answer: one contact created or deleted, with the token looked up; `{BARE}` answers with the event \
         alone. {STARTS} starts each, in turn; the median and the 90th percentile.\n\n{times}\n{sizes}"
    ))
}
