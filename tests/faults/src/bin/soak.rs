//! Runs any number of schedules, with a progress bar: `make soak`.

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use contacts_faults::{Counts, Harness, HarnessError};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

/// Injects random faults into the functions, and checks every response against the stored state.
#[derive(Parser)]
struct Arguments {
    /// How many schedules to run.
    #[arg(long, env, default_value_t = 1_000)]
    schedules: u64,
    /// The seed of all schedules.
    #[arg(long, env, default_value_t = 1)]
    seed: u64,
    /// Runs this schedule alone, and prints each step.
    #[arg(long, env)]
    schedule: Option<u64>,
}

/// What a run found.
enum Finding {
    NoViolation,
    Violation,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let finding = match arguments.schedule {
        Some(schedule) => replay(arguments.seed, schedule).await,
        None => soak(arguments.seed, arguments.schedules).await,
    };
    match finding {
        Ok(Finding::NoViolation) => ExitCode::SUCCESS,
        Ok(Finding::Violation) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one schedule, and prints its steps.
async fn replay(seed: u64, schedule: u64) -> Result<Finding, HarnessError> {
    let outcome = Harness::start(seed).await?.run(schedule).await?;
    let finding = if outcome.report.is_some() { Finding::Violation } else { Finding::NoViolation };
    println!("{}", outcome.report.unwrap_or_else(|| outcome.trace.join("\n")));
    println!("{}", outcome.counts);
    Ok(finding)
}

/// Runs many schedules, and prints the first few reports.
async fn soak(seed: u64, schedules: u64) -> Result<Finding, HarnessError> {
    /// How many reports are printed.
    const MAX_REPORTS: usize = 5;
    let start = Instant::now();
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
    for report in reports.iter().take(MAX_REPORTS) {
        println!("{report}\n");
    }
    println!("seed {seed}: {} schedules wrong, {:.0} s", reports.len(), start.elapsed().as_secs_f64());
    println!("{counts}\n{} processes of functions", harness.processes());
    Ok(if reports.is_empty() { Finding::NoViolation } else { Finding::Violation })
}
