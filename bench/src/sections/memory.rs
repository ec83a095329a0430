//! The section `memory`: the peak memory of a function by the end of one list, by the list's length. Each
//! list goes to a function that was started for it.

use contacts_core::store::Store;
use runtime_api::RuntimeApi;
use serde_json::Value;

use crate::{
    error::Result,
    harness::{
        contact_fixtures::{delete_body, upsert_body},
        dynamodb_table::recreate_table,
        event,
        function::Function,
        program::Program,
        tenant_fixture::register_tenant,
    },
    report::{
        markdown_table::MarkdownTable,
        plot::{self, Line},
        results::Results,
        stats::median,
    },
};

/// The lengths of the lists.
const LENGTHS: [u32; 5] = [1, 10, 100, 1_000, 10_000];

/// The number of functions that are started for each length.
const STARTS: u32 = 3;

const PROGRAMS: [Program; 4] = [Program::Upsert, Program::Delete, Program::Node, Program::Python];

/// The aim: 64 MiB in megabytes, rounded as the measured value is before it is compared.
const AIM_MB: f64 = 67.11;

/// The median peak of a program in megabytes, for each of [`LENGTHS`].
struct Peaks {
    program: Program,
    megabytes: [f64; LENGTHS.len()],
}

/// Measures the peak memory of every program.
pub(crate) async fn measure(store: &Store, runtime_api: &mut RuntimeApi) -> Result<Results> {
    let mut measured = Vec::new();
    for program in PROGRAMS {
        let mut megabytes = [0.0; LENGTHS.len()];
        for (list_len, median_peak) in LENGTHS.into_iter().zip(&mut megabytes) {
            let mut samples = Vec::new();
            for _ in 0..STARTS {
                recreate_table(store.client()).await?;
                samples.push(peak_mb(program, list_len, store, runtime_api).await?);
            }
            *median_peak = median(samples);
        }
        measured.push(Peaks { program, megabytes });
    }
    report(&measured)
}

/// Measures the peak memory of a function that gets one list, in megabytes. The contacts that a function
/// deletes are created by another one before.
async fn peak_mb(
    program: Program,
    list_len: u32,
    store: &Store,
    runtime_api: &mut RuntimeApi,
) -> Result<f64> {
    let caller = register_tenant(store, "memory").await?;
    let create = event::post("/contacts", &caller, None, &upsert_body(0..list_len));
    let creator = if program == Program::Delete { Program::Upsert } else { program };
    let (body, upsert_peak_kb) = invoke_new_function(creator, create, runtime_api).await?;
    let (outcomes, peak_kb) = if program == Program::Delete {
        let body = delete_body(caller.tenant.name.as_str(), 0..list_len);
        let delete = event::post("/contacts/delete", &caller, None, &body);
        let (body, delete_peak_kb) = invoke_new_function(program, delete, runtime_api).await?;
        (
            body["DeleteAccountContacts"]["response"]["deleted_contacts"].as_array().map(Vec::len),
            delete_peak_kb,
        )
    } else {
        (body["result"].as_array().map(Vec::len), upsert_peak_kb)
    };
    if outcomes == Some(list_len as usize) {
        Ok(f64::from(peak_kb) * 1_024.0 / 1e6)
    } else {
        Err(format!("{} did not return an outcome for every contact", program.label()).into())
    }
}

/// Starts a function, invokes it once, and stops it. Returns the response's body, and the peak memory in
/// kilobytes of 1,024 bytes.
async fn invoke_new_function(
    program: Program,
    event: runtime_api::Bytes,
    runtime_api: &mut RuntimeApi,
) -> Result<(Value, u32)> {
    let (function, waiting) = Function::start(program, runtime_api).await?;
    let (response, _) = runtime_api.invoke(waiting, event).await?;
    let peak_kb = function.process.peak_resident_kb()?;
    function.stop().await?;
    Ok((event::successful_body(&response.body)?, peak_kb))
}

fn report(measured: &[Peaks]) -> Result<Results> {
    let mut results = Results::default();
    let lengths = LENGTHS.map(|list_len| list_len.to_string());
    let columns: Vec<_> = ["peak, MB"].into_iter().chain(lengths.iter().map(String::as_str)).collect();
    let mut table = MarkdownTable::new(&columns);
    for Peaks { program, megabytes } in measured {
        let figures = megabytes.map(|peak| format!("{peak:.1}"));
        table.row([program.label().to_owned()].into_iter().chain(figures));
    }
    results.table("memory", &table);
    let line = |of_program: &Peaks| Line {
        label: of_program.program.label().to_owned(),
        points: LENGTHS.map(f64::from).into_iter().zip(of_program.megabytes).collect(),
    };
    let lines: Vec<_> = measured.iter().map(line).collect();
    results.plot("memory", plot::lines("Peak memory of a function", "contacts in the list", "MB", &lines)?);
    let longest_list = |program| {
        let of_program = measured.iter().find(|one| one.program == program);
        of_program.expect("every program is measured").megabytes[LENGTHS.len() - 1]
    };
    let [upsert, delete, node, python] = PROGRAMS.map(longest_list);
    results.aim("peak memory of an upsert of 10,000 contacts", AIM_MB, upsert, " MB");
    results.aim("peak memory of a delete of 10,000 contacts", AIM_MB, delete, " MB");
    results.headline(
        "peak memory of an upsert of 10,000",
        format!("{upsert:.0} MB; Node.js: {node:.0} MB; Python: {python:.0} MB"),
    );
    Ok(results)
}
