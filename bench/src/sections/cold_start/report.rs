//! The table, plots and aims of the section `cold-start`.

use super::starts::{Contender, ProgramStarts};
use crate::{
    error::Result,
    harness::program::Program,
    report::{
        markdown_table::MarkdownTable,
        plot,
        results::Results,
        stats::{median, p90},
    },
};

pub(super) fn report(measured: &[ProgramStarts]) -> Result<Results> {
    let mut results = Results::default();
    results.table("cold-start", &table(measured)?);
    let plot_of = |title, median_of: fn(&ProgramStarts) -> f64| {
        let bars: Vec<_> = measured.iter().map(|one| (one.contender.label(), median_of(one))).collect();
        plot::bars(title, "ms", &bars)
    };
    results.plot("cold-start-init", plot_of("Init", |one| median(one.init_ms()))?);
    results.plot(
        "cold-start-answer",
        plot_of("First answer of a new function", |one| median(one.first_response_ms()))?,
    );
    let init = |program| median(starts_of(measured, program).init_ms());
    let (upsert, bare) = (init(Program::Upsert), init(Program::Bare));
    results.aim("init of the upsert, next to `lambda_runtime` alone", 1.1, upsert / bare, "×");
    results.aim("init of the delete, next to the same", 1.1, init(Program::Delete) / bare, "×");
    let next_to_documented = upsert / init(Program::Documented);
    results.aim("init of the upsert, next to the documented set-up", 0.4, next_to_documented, "×");
    let both = |program| {
        let first_response = median(starts_of(measured, program).first_response_ms());
        format!("{:.1} and {first_response:.1} ms", init(program))
    };
    results.headline(
        "cold start: init, and first answer",
        format!(
            "{}; Node.js: {}; Python: {}",
            both(Program::Upsert),
            both(Program::Node),
            both(Program::Python)
        ),
    );
    Ok(results)
}

fn table(measured: &[ProgramStarts]) -> Result<MarkdownTable> {
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
    let mut table = MarkdownTable::new(&columns);
    let bare = median(starts_of(measured, Program::Bare).init_ms());
    for one in measured {
        table.row([
            one.contender.label(),
            one.starts.len().to_string(),
            format!("{:.2}", median(one.init_ms())),
            format!("{:.2}", p90(one.init_ms())),
            format!("{:.2}", median(one.init_ms()) / bare),
            format!("{:.2}", median(one.first_response_ms())),
            format!("{:.2}", p90(one.first_response_ms())),
            format!("{:.1}", median(one.resident_mb())),
            one.contender
                .program
                .file_size()?
                .map_or_else(String::new, |bytes| format!("{:.2}", f64::from(bytes) / 1e6)),
        ]);
    }
    Ok(table)
}

fn starts_of(measured: &[ProgramStarts], program: Program) -> &ProgramStarts {
    measured.iter().find(|one| one.contender == Contender::new(program)).expect("every program is measured")
}
