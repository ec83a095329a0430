//! From the start of a function's process to its first request for an event, and to its first answer.

use std::time::Duration;

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
    findings::Findings,
    function::Function,
    plot,
    program::Program,
    samples::{median, ninetieth_percentile},
    table::{Table, milliseconds},
};

/// What is started, and how often it counts. One more start goes before them, so that its files are in memory.
/// Those of a list take turns.
const PROGRAMS: [(&[Program], u32); 2] = [
    (&[Program::Bare, Program::Upsert, Program::Delete, Program::Documented], 200),
    (&[Program::Node, Program::Python], 20),
];

/// One start of a function.
struct Start {
    /// Until it asked for its first event.
    init: Duration,
    /// Until its first answer was there.
    first_answer: Duration,
    /// How much of it was in memory when it asked for its first event, in kilobytes.
    resident: u32,
}

/// The starts of a program.
struct Measured {
    program: Program,
    starts: Vec<Start>,
}

impl Measured {
    fn init(&self) -> impl Iterator<Item = f64> {
        self.starts.iter().map(|start| milliseconds(start.init))
    }

    fn first_answer(&self) -> impl Iterator<Item = f64> {
        self.starts.iter().map(|start| milliseconds(start.first_answer))
    }
}

/// Starts the functions in turn, and reports.
pub(crate) async fn section(store: &Store, runtime_api: &mut RuntimeApi) -> Result<Findings, Failure> {
    let caller = Caller::register(store, "cold-start").await?;
    let mut measured = Vec::new();
    let mut contact = 0;
    for (programs, starts) in PROGRAMS {
        let mut turns: Vec<_> =
            programs.iter().map(|&program| Measured { program, starts: Vec::new() }).collect();
        let count = turns.len();
        for number in 0..=starts {
            // Who comes first changes, since what ran just before makes a difference.
            let first = number as usize % count;
            for place in 0..count {
                let turn = &mut turns[(first + place) % count];
                contact += 1;
                let start = start(turn.program, contact, store, &caller, runtime_api).await?;
                if number > 0 {
                    turn.starts.push(start);
                }
            }
        }
        measured.extend(turns);
    }
    report(&measured)
}

async fn start(
    program: Program,
    contact: u32,
    store: &Store,
    caller: &Caller,
    runtime_api: &mut RuntimeApi,
) -> Result<Start, Failure> {
    let event = if program == Program::Delete {
        let operation = OperationId::new("cold-start");
        upsert(store, &caller.tenant, &operation, &items(1, FIRST)?).await?;
        event::post("/contacts/delete", caller, &delete_body(caller.tenant.name.as_str(), [0]))
    } else {
        event::post("/contacts", caller, &upsert_body([contact]))
    };
    let (function, waiting) = Function::start(program, runtime_api).await?;
    let init = waiting.since - function.begun;
    let resident = function.process.resident()?;
    let (answer, _) = runtime_api.invoke(waiting, event).await?;
    let first_answer = answer.ended - function.begun;
    function.stop().await?;
    let done = match program {
        Program::Bare => true,
        Program::Delete => event::body_of(&answer.body)?["processing_result"]["text"] == "success",
        _ => event::body_of(&answer.body)?["result"][0]["extended_info"] == "created",
    };
    if done {
        Ok(Start { init, first_answer, resident })
    } else {
        Err(format!("{} did not do what it was to do", program.name()).into())
    }
}

fn report(measured: &[Measured]) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    findings.table("cold-start", &table(measured)?);
    let plotted = |name, title, of: fn(&Measured) -> f64| {
        let each: Vec<_> = measured.iter().map(|one| (one.program.name().to_owned(), of(one))).collect();
        Ok::<_, Failure>((name, plot::bars(title, "ms", &each)?))
    };
    findings.plots.push(plotted("cold-start-init", "Init", |one| median(one.init()))?);
    findings.plots.push(plotted("cold-start-answer", "First answer of a new function", |one| {
        median(one.first_answer())
    })?);
    let (upsert, bare) = (init_of(measured, Program::Upsert), init_of(measured, Program::Bare));
    findings.aim("init of the upsert, next to `lambda_runtime` alone", 1.15, upsert / bare, "×");
    let delete = init_of(measured, Program::Delete);
    findings.aim("init of the delete, next to the same", 1.15, delete / bare, "×");
    let documented = upsert / init_of(measured, Program::Documented);
    findings.aim("init of the upsert, next to the documented set-up", 0.4, documented, "×");
    let both = |program| {
        let answer = measured.iter().find(|one| one.program == program);
        let answer = answer.map_or(f64::NAN, |one| median(one.first_answer()));
        format!("{:.1} and {answer:.1} ms", init_of(measured, program))
    };
    findings.headline(
        "cold start: init, and first answer",
        format!(
            "{}; Node.js: {}; Python: {}",
            both(Program::Upsert),
            both(Program::Node),
            both(Program::Python)
        ),
    );
    Ok(findings)
}

/// The median of a function's init times, in milliseconds.
fn init_of(measured: &[Measured], program: Program) -> f64 {
    measured.iter().find(|one| one.program == program).map_or(f64::NAN, |one| median(one.init()))
}

fn table(measured: &[Measured]) -> Result<Table, Failure> {
    let columns = [
        "function",
        "starts",
        "init, ms",
        "90th",
        "next to bare",
        "first answer, ms",
        "90th",
        "resident before the first event, MB",
        "file, MB",
    ];
    let mut table = Table::new(&columns);
    let bare = init_of(measured, Program::Bare);
    for one in measured {
        let kilobytes = median(one.starts.iter().map(|start| f64::from(start.resident)));
        table.row([
            one.program.name().to_owned(),
            one.starts.len().to_string(),
            format!("{:.2}", median(one.init())),
            format!("{:.2}", ninetieth_percentile(one.init())),
            format!("{:.2}", median(one.init()) / bare),
            format!("{:.2}", median(one.first_answer())),
            format!("{:.2}", ninetieth_percentile(one.first_answer())),
            format!("{:.1}", kilobytes * 1_024.0 / 1e6),
            one.program.size()?.map_or_else(String::new, |bytes| format!("{:.2}", f64::from(bytes) / 1e6)),
        ]);
    }
    Ok(table)
}
