//! Sends every event in `events/` to a release build of both functions, and compares the responses with
//! `answers.json`; with a second build, for another architecture, the responses of both with each other too.
//!
//! `make test-arm64` runs it on the builds for `x86_64` and `arm64`, the latter in an emulator. The delivery workflow
//! runs it on the one build that its runner executes natively.
//!
//! | module | content |
//! | --- | --- |
//! | `build` | a build of both functions, and the command that starts one of them |
//! | `sample` | the sample events with their expected responses |
//! | `invocation` | the invocations of a sample event, on a new store |
//! | `mask` | the replacement of the only value that differs between runs |
//! | `check` | the check of one event on all builds |
//! | `report` | the table of the results |
//! | `error` | the error of the whole program |

mod build;
mod check;
mod error;
mod invocation;
mod mask;
mod report;
mod sample;

use std::process::ExitCode;

use clap::Parser;

use build::Build;
use error::Failure;
use report::Report;

/// Checks that the builds for two architectures answer the sample events alike.
#[derive(Parser)]
struct Arguments {
    /// A build: the architecture's name and the folder with its upsert-contacts and delete-contacts
    #[arg(value_name = "ARCHITECTURE=FOLDER")]
    build: Build,
    /// Another build to compare it with
    #[arg(value_name = "ARCHITECTURE=FOLDER")]
    other: Option<Build>,
    /// The command that runs the programs of the other build, if this machine can't execute them
    #[arg(long, value_name = "COMMAND", requires = "other")]
    emulator: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(report) if report.is_success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("check-architectures: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Checks all events, then prints the table on standard output and the problems on standard error.
async fn run(Arguments { build, other, emulator }: Arguments) -> Result<Report, Failure> {
    let other = other.map(|other| other.with_emulator(&emulator.unwrap_or_default()));
    let builds: Vec<_> = [build].into_iter().chain(other).collect();
    let mut report = Report::new(&builds)?;
    for sample in &sample::load()? {
        report.add(sample, check::check(&builds, sample).await);
    }
    println!("{}", report.table());
    for problem in report.problems() {
        eprintln!("{problem}");
    }
    Ok(report)
}
