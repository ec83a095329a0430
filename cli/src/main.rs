//! `contacts`, the operator's tool: it makes tenants, tokens and accounts, imports lists of contacts, and
//! shows and exports what is stored. Imports go through the HTTP API, as any caller's requests do; all
//! else goes to the table.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`arguments`] | what the command line takes |
//! | [`connection`] | the way to the table, on AWS or on this machine |
//! | [`failure`] | what can go wrong, what to do then, and the exit codes |
//! | [`import`] | `contacts import` |

mod arguments;
mod connection;
mod failure;
mod import;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("contacts: {failure}");
            failure.exit_code()
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Import(import) => import::run(arguments, import).await,
    }
}
