//! What the service costs, measured next to its rivals: at the table, at a cold start, in memory, over HTTP;
//! and how its keys spread, simulated.
//!
//! `contacts-bench` measures everything, `contacts-bench store` (or another of [`measure`]'s sections) only
//! that. It prints tables, and writes them, with plots, into the pages that show them ([`pages`]). `make
//! bench` builds all that it measures.
//!
//! Three processes of this program share the work, so that each one's CPU time can be told apart:
//!
//! - the one that was started, which starts the others ([`lead`]);
//! - DynamoDB, in memory ([`dynamodb`]);
//! - the one that measures ([`measure`]), in an environment like that of a function, so that it sets up
//!   its client as the functions do; it starts the functions too.

mod caller;
mod certificates;
mod cold_start;
mod contact_list;
mod cost;
mod dynamodb;
mod event;
mod findings;
mod function;
mod gateway;
mod lead;
mod machine;
mod measure;
mod memory;
mod pages;
mod placement;
mod plot;
mod processor_time;
mod program;
mod rivals;
mod samples;
mod service;
mod store;
mod table;
mod watch;

use std::{env, error::Error, process::ExitCode};

/// Whatever ends a benchmark early.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some(dynamodb::ROLE) => dynamodb::serve().map(|()| ExitCode::SUCCESS),
        Some(measure::ROLE) => measure::measure(&arguments[1..]).map(|()| ExitCode::SUCCESS),
        _ => lead::lead(&arguments),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("contacts-bench: {failure}");
        ExitCode::FAILURE
    })
}
