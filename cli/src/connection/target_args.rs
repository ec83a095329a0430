//! Command-line options that select the table.

use std::ffi::OsStr;

use clap::{
    Arg, Args, Command,
    builder::{BoolishValueParser, TypedValueParser},
};

use crate::environment::non_empty;

/// The table to work on.
#[derive(Args)]
#[command(next_help_heading = "Table")]
pub(crate) struct TargetArgs {
    /// Work on the local stack (`make run`) instead of on AWS. `CONTACTS_LOCAL=1` does the same.
    #[arg(long, global = true, env = "CONTACTS_LOCAL", value_parser = BoolishOrEmpty)]
    pub(crate) local: bool,
    /// Name of the DynamoDB table: the stack's output `TableName`.
    #[arg(long, global = true, env = "CONTACTS_TABLE", value_name = "NAME")]
    table: Option<String>,
    /// Profile in the AWS configuration to use.
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// AWS region of the table.
    #[arg(long, global = true, value_name = "NAME")]
    region: Option<String>,
}

impl TargetArgs {
    /// The name of the table.
    pub(super) fn table(&self) -> Option<&str> {
        non_empty(self.table.as_deref())
    }

    /// The AWS profile that the command line names.
    pub(super) fn profile(&self) -> Option<&str> {
        non_empty(self.profile.as_deref())
    }

    /// The AWS region that the command line names.
    pub(super) fn region(&self) -> Option<&str> {
        non_empty(self.region.as_deref())
    }
}

/// Parses a variable that turns a flag on: `1`, `true`, `yes` and the like, or their opposites. An empty one
/// leaves the flag off.
#[derive(Clone)]
struct BoolishOrEmpty;

impl TypedValueParser for BoolishOrEmpty {
    type Value = bool;

    fn parse_ref(&self, cmd: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<bool, clap::Error> {
        if value.is_empty() { Ok(false) } else { BoolishValueParser::new().parse_ref(cmd, arg, value) }
    }
}
