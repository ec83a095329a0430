//! What the command line takes. The texts here are what `--help` says; what a single command takes, and
//! says of itself, stands in the command's own module.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use contacts::domain::{AccountCode, AccountId, AccountName, AccountReference};

use crate::{account, contact, export, failure::EXIT_CODES, import, tenant, token};

/// The operator's tool of the contacts service.
///
/// It makes tenants, their tokens and accounts, imports lists of contacts, and shows and exports what is
/// stored. On AWS it finds credentials and region where the AWS CLI finds them (profiles, SSO,
/// environment variables, `AWS_CA_BUNDLE`); what it works on is the table that --table names. With --local
/// it works on the stack that `make run` starts: on port 8000 of this machine, or at the address in
/// `CONTACTS_DYNAMODB_URL`.
#[derive(Parser)]
#[command(name = "contacts", version, about, propagate_version = true)]
#[command(after_help = FIRST_STEPS, after_long_help = format!("{FIRST_STEPS}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const FIRST_STEPS: &str = "\
A first tenant:
  export CONTACTS_TABLE=…                # the stack's output TableName; or say --local each time
  contacts tenant add zegoal --time-zone Europe/Kiev
  contacts token issue zegoal --label crm --right upsert --right delete

`contacts help COMMAND` says more of each command, `contacts --help` lists the exit codes.";

/// Which service is meant.
#[derive(Args)]
#[command(next_help_heading = "Which service")]
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
    /// Add, list, show, change and delete tenants.
    Tenant {
        #[command(subcommand)]
        command: tenant::TenantCommand,
    },
    /// Issue, list and revoke the tokens that a tenant's callers show.
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
    },
    /// Add, list and show the accounts that a tenant's contacts belong to.
    Account {
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Show contacts.
    Contact {
        #[command(subcommand)]
        command: contact::ContactCommand,
    },
    /// Write all contacts of a tenant or of an account to a file.
    Export(export::ExportArguments),
    /// Create and update contacts from a file.
    Import(import::ImportArguments),
    /// Print the script that completes this tool's commands in a shell.
    #[command(after_help = "\
Examples:
  contacts completion bash > ~/.local/share/bash-completion/completions/contacts
  contacts completion zsh > ~/.zfunc/_contacts
  contacts completion fish > ~/.config/fish/completions/contacts.fish")]
    Completion {
        /// The shell.
        shell: Shell,
    },
}

/// Which account is meant; at most one way to say it is used.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct AccountChoice {
    /// Only contacts of the account with this id.
    #[arg(id = "account_id", long = "account-id", value_name = "ID", value_parser = AccountId::parse)]
    id: Option<AccountId>,
    /// Only contacts of the account with this code.
    #[arg(id = "account_code", long = "account-code", value_name = "CODE", value_parser = AccountCode::parse)]
    code: Option<AccountCode>,
    /// Only contacts of the account with this name.
    #[arg(id = "account_name", long = "account-name", value_name = "NAME", value_parser = AccountName::parse)]
    name: Option<AccountName>,
}

impl AccountChoice {
    /// The account, unless all are meant.
    pub(crate) fn reference(&self) -> Option<AccountReference> {
        AccountReference::new(self.id, self.code.clone(), self.name.clone())
    }
}
