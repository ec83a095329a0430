//! Command-line options that select the table.

use clap::Args;

/// The table to work on.
#[derive(Args)]
#[command(next_help_heading = "Table")]
pub(crate) struct TargetArgs {
    /// Work on the local stack (`make run`) instead of on AWS.
    #[arg(long, global = true)]
    pub(crate) local: bool,
    /// Name of the DynamoDB table: the stack's output `TableName`.
    #[arg(long, global = true, env = "CONTACTS_TABLE", value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// Profile in the AWS configuration to use.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// AWS region of the table.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) region: Option<String>,
}
