//! `contacts`, the operator's tool: it makes tenants, tokens and accounts, imports lists of contacts, and
//! shows and exports what is stored. Imports go through the HTTP API, as any caller's requests do; all
//! else goes to the table.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`arguments`] | what the command line takes |
//! | [`connection`] | the way to the table, on AWS or on this machine |
//! | [`failure`] | what can go wrong, what to do then, and the exit codes |
//! | [`output`] | tables for people, JSON for programs |
//! | [`interrupt`] | what Ctrl-C does |
//! | [`tenant`], [`token`], [`account`], [`contact`] | the commands of these names |
//! | [`export`] | `contacts export` |
//! | [`import`] | `contacts import` |

mod account;
mod arguments;
mod connection;
mod contact;
mod export;
mod failure;
mod import;
mod interrupt;
mod output;
mod tenant;
mod token;

use std::{io, process::ExitCode};

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use connection::Connection;
use failure::Failure;
use output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(code) => code,
        Err(failure) => {
            if !matches!(failure, Failure::OutputClosed) {
                eprintln!("contacts: {failure}");
            }
            failure.exit_code()
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let output = Output { json: arguments.json };
    let open = || Connection::open(&arguments.place);
    match &arguments.command {
        Command::Tenant { command } => tenant::run(&open().await?, output, command).await?,
        Command::Token { command } => token::run(&open().await?, output, command).await?,
        Command::Account { command } => account::run(&open().await?, output, command).await?,
        Command::Contact { command } => contact::run(&open().await?, output, command).await?,
        Command::Export(export) => {
            if arguments.json {
                let what_to_do = "an export is CSV or NDJSON: say `--format ndjson` instead of `--json`";
                return Err(Failure::Usage(what_to_do.to_owned()));
            }
            export::run(&open().await?, export).await?;
        }
        Command::Import(import) => return import::run(arguments, import).await,
        Command::Completion { shell } => {
            clap_complete::generate(*shell, &mut Arguments::command(), "contacts", &mut io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}
