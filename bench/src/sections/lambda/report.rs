//! The tables and plots of the calls: times, prices, and one against the other.

use super::{
    calls::{ColdStart, Measured, PROGRAMS, Warm},
    environment::{Effect, LONGEST, List},
    settings::{ARM64, Architecture, MEMORY_SIZE_MB, X86_64},
};
use crate::{
    error::Result,
    harness::program::Program,
    report::{
        markdown_table::MarkdownTable,
        plot::{self, Line},
        results::Results,
        stats::{median, milliseconds},
    },
};

const CENTS_PER_DOLLAR: f64 = 100.0;

/// Adds the results of the calls.
pub(super) fn add(measured: &[Measured], results: &mut Results) -> Result<()> {
    results.table("lambda-calls", &table_of_calls(measured));
    add_aims(measured, results);
    for (name, title, len) in [
        ("lambda-long", "10,000 contacts created: price against time", LONGEST),
        ("lambda-single", "One contact created: price against time", 1),
    ] {
        let list = List { len, effect: Effect::Created };
        let svg = plot::lines(title, "ms a call", "cents a million contacts", &lines(measured, list))?;
        results.plot(name, svg);
    }
    Ok(())
}

/// The prices with the functions' memory size, next to those of the other programs with the same size.
fn add_aims(measured: &[Measured], results: &mut Results) {
    let price = |program, len| {
        let of_size = |one: &&Measured| one.program == program && one.memory_mb == MEMORY_SIZE_MB;
        let one = measured.iter().find(of_size).expect("every program is measured with this size");
        let list = List { len, effect: Effect::Created };
        let (_, warm) = one.warm.iter().find(|(of, _)| *of == list).expect("every list is measured");
        Some(X86_64.dollars_per_million(one.memory_mb, warm.billed_ms()?, len))
    };
    for (figure, len, program, at_most) in [
        ("price of 10,000 created, next to Node.js", LONGEST, Program::Node, 0.33),
        ("price of 10,000 created, next to Python", LONGEST, Program::Python, 0.2),
        ("price of one created, next to Node.js", 1, Program::Node, 0.33),
        ("price of one created, next to Python", 1, Program::Python, 0.2),
    ] {
        // A list that timed out has no price.
        if let (Some(ours), Some(other)) = (price(Program::Upsert, len), price(program, len)) {
            results.aim(figure, at_most, ours / other, "×");
        }
    }
}

/// A table with the cold starts, and a column for each list of a warm function: milliseconds, and the prices of a million
/// contacts.
fn table_of_calls(measured: &[Measured]) -> MarkdownTable {
    let titles = List::all().map(|list| format!("{} {}", list.len, list.effect.word()));
    let columns = ["function", "memory, MB", "cold start: init", "first answer"].map(str::to_owned);
    let columns: Vec<_> = columns.into_iter().chain(titles).collect();
    let mut table = MarkdownTable::new(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for one in measured {
        let figure = |of: fn(&ColdStart) -> f64| median(one.cold_starts.iter().map(of));
        let first_answer = figure(|start| milliseconds(start.init + start.call.duration));
        let first_billed = figure(|start| milliseconds(start.init + start.call.billed).ceil());
        let start = [
            one.program.label().to_owned(),
            one.memory_mb.to_string(),
            format!("{:.1}", figure(|start| milliseconds(start.init))),
            format!("{first_answer:.1}: {}", prices(one.memory_mb, first_billed, 1)),
        ];
        let calls = one.warm.iter().map(|(list, warm)| match warm.duration_ms().zip(warm.billed_ms()) {
            Some((duration, billed)) => {
                format!("{duration:.1}: {}", prices(one.memory_mb, billed, list.len))
            }
            None if matches!(warm, Warm::OutOfMemory) => "memory".to_owned(),
            None => "time-out".to_owned(),
        });
        table.row(start.into_iter().chain(calls));
    }
    table
}

/// The price of a million contacts on `x86_64`, and on `arm64` in brackets.
fn prices(memory_mb: u32, billed_ms: f64, list_len: u32) -> String {
    let price = |of: Architecture| dollars(of.dollars_per_million(memory_mb, billed_ms, list_len));
    format!("{} ({})", price(X86_64), price(ARM64))
}

/// Returns the price in cents against the duration: a line for each program, and one more for the first one's price on
/// arm64.
fn lines(measured: &[Measured], list: List) -> Vec<Line> {
    let (first, _) = PROGRAMS[0];
    let on_x86 = PROGRAMS.map(|(program, _)| (program, X86_64));
    let variants = [(first, ARM64)].into_iter().chain(on_x86);
    variants
        .map(|(program, architecture)| {
            let points = measured.iter().filter(|one| one.program == program).filter_map(|one| {
                let (_, warm) = one.warm.iter().find(|(of, _)| *of == list)?;
                let price = architecture.dollars_per_million(one.memory_mb, warm.billed_ms()?, list.len);
                Some((warm.duration_ms()?, price * CENTS_PER_DOLLAR))
            });
            let label = program.label();
            let label =
                if program == first { format!("{label}, {}", architecture.name) } else { label.to_owned() };
            Line { label, points: points.collect() }
        })
        .collect()
}

/// Formats a price with three significant digits.
fn dollars(price: f64) -> String {
    match price {
        10.0.. => format!("{price:.1}"),
        1.0.. => format!("{price:.2}"),
        0.1.. => format!("{price:.3}"),
        0.01.. => format!("{price:.4}"),
        0.001.. => format!("{price:.5}"),
        _ => format!("{price:.6}"),
    }
}
