//! `contacts import`: a file of contacts, through the HTTP API.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{arguments::Arguments, failure::Failure};

/// What `contacts import` takes.
#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The file; `-` is standard input.
    pub(crate) file: PathBuf,
}

/// Imports a file.
pub(crate) async fn run(_arguments: &Arguments, _import: &ImportArguments) -> Result<ExitCode, Failure> {
    Err(Failure::Other("import isn't there yet".to_owned()))
}
