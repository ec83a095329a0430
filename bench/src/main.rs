//! A benchmark of the service. It measures the use cases at the table, cold starts, memory, answers over HTTP,
//! and time and price by Lambda's memory size, each next to other implementations of the same job, and simulates how keys spread over partitions.
//!
//! `contacts-bench` runs every section; `contacts-bench store memory` runs only those two. It prints the
//! tables of each section, and writes them and the plots into the pages that show them. `make bench` builds
//! every program that is measured, then runs this one.
//!
//! | module | contents |
//! | --- | --- |
//! | [`sections`] | what is measured: one module a section |
//! | [`harness`] | what the sections run: function processes, their events, and the table's contents |
//! | [`report`] | what the results become: statistics, tables, plots and pages |
//! | [`processes`] | the processes of a run, each of which is this program in another role |

mod error;
mod harness;
mod processes;
mod report;
mod sections;

use std::{env, process::ExitCode};

use harness::store_stub;
use processes::{coordinator, cpu_burner, dynamodb_server, section_runner, store_stub_server};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some(dynamodb_server::ROLE) => dynamodb_server::run().map(|()| ExitCode::SUCCESS),
        Some(section_runner::ROLE) => section_runner::run(&arguments[1..]).map(|()| ExitCode::SUCCESS),
        Some(store_stub::ROLE) => store_stub_server::run(arguments.get(1)).map(|()| ExitCode::SUCCESS),
        Some(cpu_burner::ROLE) => cpu_burner::run().map(|()| ExitCode::SUCCESS),
        _ => coordinator::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("contacts-bench: {error}");
        ExitCode::FAILURE
    })
}
