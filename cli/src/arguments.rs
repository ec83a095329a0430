//! What the command line takes. The texts here are what `--help` says.

use clap::{Args, Parser, Subcommand};

use crate::import;

/// The operator's tool of the contacts service.
#[derive(Parser)]
#[command(name = "contacts", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which service is meant.
#[derive(Args)]
pub(crate) struct Place {
    /// Work on the local stack (`make run`) instead of on AWS.
    #[arg(long, global = true)]
    pub(crate) local: bool,
    /// The table's name: the stack's output `TableName`.
    #[arg(long, global = true, env = "CONTACTS_TABLE", value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The profile of the AWS configuration to use.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The AWS region of the service.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) region: Option<String>,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create and update contacts from a file.
    Import(import::ImportArguments),
}
