//! The command line: global options and the list of commands. The arguments of each command are declared in
//! the command's own module. Doc comments on arguments are the texts of `--help`.

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    account::AccountCommand, connection::TargetArgs, contact::ContactCommand, error::EXIT_CODES,
    export::ExportArgs, import::ImportArgs, manual::ManArgs, tenant::TenantCommand, token::TokenCommand,
};

/// Operator's tool of the contacts service.
///
/// It manages tenants, tokens and accounts, shows, finds, deletes and exports contacts, and imports contacts
/// from files.
/// --table names the DynamoDB table to work on. The tool finds AWS credentials and the region where the AWS
/// CLI finds them: profiles, SSO, environment variables. With --local or `CONTACTS_LOCAL=1` it works on the local
/// stack that `make run` starts: on port 8000 of this machine, or at the address in `CONTACTS_DYNAMODB_URL`.
/// `AWS_CA_BUNDLE`, or else `SSL_CERT_FILE`, names a file of root certificates (PEM) to trust instead of the
/// system's, for the table and for the API. If one of these variables is empty, it counts as
/// not set.
#[derive(Parser)]
#[command(name = "contacts", version, about, propagate_version = true)]
#[command(after_help = FIRST_STEPS, after_long_help = format!("{FIRST_STEPS}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    /// Print JSON instead of tables.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const FIRST_STEPS: &str = "\
To add the first tenant:
  export CONTACTS_TABLE=…                # the stack's output TableName; or CONTACTS_LOCAL=1
  contacts tenant add zegoal --time-zone Europe/Kiev
  contacts token issue zegoal --label crm --right upsert,delete

`contacts help COMMAND` describes a command, `contacts --help` lists the exit codes.";

/// Top-level commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add, list, show, change and delete tenants.
    Tenant {
        #[command(subcommand)]
        command: TenantCommand,
    },
    /// Issue, list and revoke the API tokens of a tenant.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Add, list and show the accounts of a tenant.
    Account {
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Show, list, find and delete contacts.
    Contact {
        #[command(subcommand)]
        command: ContactCommand,
    },
    /// Write all contacts of a tenant or of an account to a file.
    Export(ExportArgs),
    /// Create and update contacts from a file.
    Import(ImportArgs),
    /// Print a shell completion script.
    #[command(after_help = "\
Examples:
  contacts completion bash > ~/.local/share/bash-completion/completions/contacts
  contacts completion zsh > ~/.zfunc/_contacts
  contacts completion fish > ~/.config/fish/completions/contacts.fish")]
    Completion {
        /// The shell.
        shell: Shell,
    },
    /// Print the man page, or write the pages of all commands.
    #[command(after_help = "\
Examples:
  contacts man | man -l -
  contacts man --output ~/.local/share/man/man1")]
    Man(ManArgs),
}
