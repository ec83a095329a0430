//! `contacts`, the operator's command-line tool: it manages tenants, tokens and accounts, shows and exports
//! contacts, and imports contacts from files. `import` and `contact delete` send requests to the HTTP API; the other
//! commands read and write the DynamoDB table.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`arguments`] | the command line: global options and the list of commands |
//! | [`tenant`], [`token`], [`account`], [`contact`] | the commands of these names |
//! | [`export`] | `contacts export` |
//! | [`import`] | `contacts import` |
//! | [`api`] | the client of the HTTP API |
//! | [`connection`] | the connection to the table, on AWS or on the local stack |
//! | [`confirmation`] | questions before something is deleted |
//! | [`certificates`] | the root certificates that both connections trust |
//! | [`environment`] | environment variables |
//! | [`interrupt`] | cancellation on a signal, such as that of Ctrl-C |
//! | [`manual`] | `contacts man` |
//! | [`output`] | standard output: tables or JSON; progress bars |
//! | [`error`] | errors and exit codes |

// Their macros panic if the stream fails. `output` has `print` and `note` instead.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod account;
mod api;
mod arguments;
mod certificates;
mod confirmation;
mod connection;
mod contact;
mod environment;
mod error;
mod export;
mod import;
mod interrupt;
mod manual;
mod output;
mod tenant;
mod token;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use connection::Connection;
use error::{CliError, ErrorClass};
use output::{OutputFormat, note, write_to_stdout};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return print_message(&message),
    };
    run(&arguments).await.unwrap_or_else(|error| report(&error))
}

/// Prints a message of clap: help, the version, or an error of the arguments.
fn print_message(message: &clap::Error) -> ExitCode {
    match message.print() {
        Err(error) if !message.use_stderr() => report(&CliError::write("standard output", error)),
        // Without standard error, the exit code alone reports an error of the arguments.
        Ok(()) | Err(_) => {
            ExitCode::from(u8::try_from(message.exit_code()).expect("clap's exit codes are 0 and 2"))
        }
    }
}

/// Reports an error on standard error, and returns its exit code.
fn report(error: &CliError) -> ExitCode {
    if error.class() != ErrorClass::OutputClosed {
        note(&format!("contacts: {}", error.report()));
    }
    error.exit_code()
}

async fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let output = if arguments.json { OutputFormat::Json } else { OutputFormat::Text };
    let connect = || Connection::open(&arguments.target);
    match &arguments.command {
        Command::Tenant { command } => tenant::run(&connect().await?, output, command).await?,
        Command::Token { command } => token::run(&connect().await?, output, command).await?,
        Command::Account { command } => account::run(&connect().await?, output, command).await?,
        Command::Contact { command } => contact::run(&arguments.target, output, command).await?,
        Command::Export(export) => {
            if output == OutputFormat::Json {
                return Err(CliError::usage("`--json` does not apply to an export")
                    .advice("An export is CSV, TSV or NDJSON: use `--format ndjson`"));
            }
            export::run(&connect().await?, export).await?;
        }
        Command::Import(import) => return import::run(&arguments.target, output, import).await,
        Command::Completion { shell } => {
            // Into a buffer first: `generate` panics if a write fails.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "contacts", &mut script);
            write_to_stdout(&script)?;
        }
        Command::Man(args) => manual::run(Arguments::command(), args)?,
    }
    Ok(ExitCode::SUCCESS)
}
