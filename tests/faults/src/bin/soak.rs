//! Runs as many schedules as asked, with a progress bar: `make soak`.

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use contacts_faults::{Counts, Failure, Harness};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

/// Runs the functions under drawn faults, and holds what their callers heard against the table.
#[derive(Parser)]
struct Arguments {
    /// How many schedules to run.
    #[arg(long, env, default_value_t = 1_000)]
    schedules: u64,
    /// What they are drawn from.
    #[arg(long, env, default_value_t = 1)]
    seed: u64,
    /// The one schedule to run, telling all that happens.
    #[arg(long, env)]
    schedule: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.schedule {
        Some(schedule) => replay(arguments.seed, schedule).await,
        None => soak(arguments.seed, arguments.schedules).await,
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("soak: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one schedule again; false if something is wrong.
async fn replay(seed: u64, schedule: u64) -> Result<bool, Failure> {
    let outcome = Harness::start(seed).await?.run(schedule).await?;
    let is_right = outcome.report.is_none();
    println!("{}", outcome.report.unwrap_or_else(|| outcome.trace.join("\n")));
    println!("{}", outcome.counts);
    Ok(is_right)
}

/// Runs many schedules, and tells of the first few that something is wrong with; false if there are any.
async fn soak(seed: u64, schedules: u64) -> Result<bool, Failure> {
    /// How many reports anybody would read.
    const REPORTS: usize = 5;
    let begun = Instant::now();
    let harness = Harness::start(seed).await?;
    let bar = ProgressBar::new(schedules);
    bar.set_style(ProgressStyle::with_template("{elapsed_precise} {wide_bar} {pos}/{len} {msg} {eta} left")?);
    let mut counts = Counts::default();
    let mut reports = Vec::new();
    let mut outcomes = std::pin::pin!(harness.run_all(0..schedules));
    while let Some(outcome) = outcomes.next().await {
        let outcome = outcome?;
        counts += outcome.counts;
        reports.extend(outcome.report);
        bar.set_message(format!("{} wrong", reports.len()));
        bar.inc(1);
    }
    bar.finish();
    for report in reports.iter().take(REPORTS) {
        println!("{report}\n");
    }
    println!("seed {seed}, {} wrong, in {:.0} s", reports.len(), begun.elapsed().as_secs_f64());
    println!("{counts}\n{} processes of functions", harness.processes());
    Ok(reports.is_empty())
}
