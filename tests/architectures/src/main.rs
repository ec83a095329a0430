//! Sends every event in `events/` to the release builds of both functions, for one or more architectures,
//! and compares the answers with `answers.json` and with each other.
//!
//! `make test-arm64` runs it on the builds for `x86_64` and `arm64`, with an emulator for `arm64`. The delivery
//! workflow runs it on the one build that its runner executes natively.
//!
//! | module | content |
//! | --- | --- |
//! | `architecture` | a build of both functions, and the command that starts one of them |
//! | `function` | the two functions |
//! | `sample` | the sample events with their expected answers |
//! | `store` | a new store for each event |
//! | `invoke` | one invocation of one function |
//! | `mask` | the replacement of the only value that differs between runs |
//! | `check` | one event on all builds |
//! | `report` | the table |

mod architecture;
mod check;
mod function;
mod invoke;
mod mask;
mod report;
mod sample;
mod store;

use std::{error::Error, process::ExitCode};

use clap::Parser;

use crate::{
    architecture::{Architecture, ArchitectureArgument},
    report::Report,
};

/// An error that is only printed.
type Failure = Box<dyn Error + Send + Sync>;

/// Checks that builds for different architectures answer the sample events alike.
#[derive(Parser)]
struct Arguments {
    /// Builds: an architecture's name and the folder with its upsert-contacts and delete-contacts
    #[arg(required = true, value_name = "ARCHITECTURE=FOLDER")]
    builds: Vec<ArchitectureArgument>,
    /// The command that runs the binaries of an architecture which this machine can't execute
    #[arg(long = "emulator", value_name = "ARCHITECTURE=COMMAND")]
    emulators: Vec<ArchitectureArgument>,
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
async fn run(arguments: Arguments) -> Result<Report, Failure> {
    let architectures = Architecture::from_arguments(arguments.builds, &arguments.emulators)?;
    let samples = sample::load()?;
    let mut report = Report::new(&architectures)?;
    for sample in &samples {
        report.add(sample, check::check(&architectures, sample).await);
    }
    println!("{}", report.table());
    for problem in report.problems() {
        eprintln!("{problem}");
    }
    Ok(report)
}
