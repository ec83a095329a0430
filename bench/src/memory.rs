//! How much memory a function has needed at most by the end of one list, by the list's size; each list goes
//! to a function that was started for it.

use contacts::store::Store;
use runtime_api::{RuntimeApi, Waiting};
use serde_json::Value;

use crate::{
    Failure,
    caller::Caller,
    contact_list::{delete_body, upsert_body},
    dynamodb::empty_table,
    event,
    findings::Findings,
    function::Function,
    plot::{self, Line},
    program::Program,
    samples::median,
    table::Table,
};

/// How long the lists are.
const SIZES: [u32; 5] = [1, 10, 100, 1_000, 10_000];

/// How many functions are started for each.
const STARTS: u32 = 3;

/// What is compared.
const PROGRAMS: [Program; 4] = [Program::Upsert, Program::Delete, Program::Node, Program::Python];

/// The most memory that a program's functions had, in megabytes, for each of [`SIZES`].
struct Measured {
    program: Program,
    peaks: Vec<f64>,
}

/// Measures and reports.
pub(crate) async fn section(store: &Store, runtime_api: &mut RuntimeApi) -> Result<Findings, Failure> {
    let mut measured = Vec::new();
    for program in PROGRAMS {
        let mut peaks = Vec::new();
        for size in SIZES {
            let mut samples = Vec::new();
            for _ in 0..STARTS {
                empty_table(store.client()).await?;
                samples.push(peak(program, size, store, runtime_api).await?);
            }
            peaks.push(median(samples));
        }
        measured.push(Measured { program, peaks });
    }
    report(&measured)
}

/// The most memory that a function had which was sent a list, in megabytes. One that deletes finds what
/// another has created.
async fn peak(
    program: Program,
    size: u32,
    store: &Store,
    runtime_api: &mut RuntimeApi,
) -> Result<f64, Failure> {
    let caller = Caller::register(store, "memory").await?;
    let event = event::post("/contacts", &caller, &upsert_body(0..size));
    let creating = if program == Program::Delete { Program::Upsert } else { program };
    let (function, waiting) = Function::start(creating, runtime_api).await?;
    let body = answered(runtime_api, waiting, event).await?;
    let mut peak = function.process.peak_resident()?;
    function.stop().await?;
    let mut told = body["result"].as_array().map_or(0, Vec::len);
    if program == Program::Delete {
        let body = delete_body(caller.tenant.name.as_str(), 0..size);
        let event = event::post("/contacts/delete", &caller, &body);
        let (function, waiting) = Function::start(program, runtime_api).await?;
        let body = answered(runtime_api, waiting, event).await?;
        peak = function.process.peak_resident()?;
        function.stop().await?;
        told = body["DeleteAccountContacts"]["response"]["deleted_contacts"].as_array().map_or(0, Vec::len);
    }
    if told == usize::try_from(size)? {
        Ok(f64::from(peak) * 1_024.0 / 1e6)
    } else {
        Err(format!("{} did not do what it was to do", program.name()).into())
    }
}

async fn answered(
    runtime_api: &mut RuntimeApi,
    waiting: Waiting,
    event: runtime_api::Bytes,
) -> Result<Value, Failure> {
    let (answer, _) = runtime_api.invoke(waiting, event).await?;
    event::body_of(&answer.body)
}

fn report(measured: &[Measured]) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let sizes = SIZES.map(|size| size.to_string());
    let columns: Vec<_> = ["peak, MB"].into_iter().chain(sizes.iter().map(String::as_str)).collect();
    let mut table = Table::new(&columns);
    for Measured { program, peaks } in measured {
        let figures = peaks.iter().map(|peak| format!("{peak:.1}"));
        table.row([program.name().to_owned()].into_iter().chain(figures));
    }
    findings.table("memory", &table);
    let lines: Vec<_> = measured
        .iter()
        .map(|one| Line {
            name: one.program.name().to_owned(),
            points: SIZES.iter().map(|&size| f64::from(size)).zip(one.peaks.iter().copied()).collect(),
        })
        .collect();
    findings.plot("memory", plot::lines("Peak memory of a function", "contacts in the list", "MB", &lines)?);
    let largest = |program| {
        measured.iter().find(|one| one.program == program).and_then(|one| one.peaks.last().copied())
    };
    // 64 MiB, in the megabytes that everything else is in, to the hundredth that is compared.
    let most = 67.11;
    let upsert = largest(Program::Upsert).ok_or("no upsert")?;
    findings.aim("peak memory of an upsert of 10,000 contacts", most, upsert, " MB");
    let delete = largest(Program::Delete).ok_or("no delete")?;
    findings.aim("peak memory of a delete of 10,000 contacts", most, delete, " MB");
    let others = [Program::Node, Program::Python].map(|program| largest(program).unwrap_or(f64::NAN));
    findings.headline(
        "peak memory of an upsert of 10,000",
        format!("{upsert:.0} MB; Node.js: {:.0} MB; Python: {:.0} MB", others[0], others[1]),
    );
    Ok(findings)
}
