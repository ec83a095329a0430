//! `contacts account`: adds, lists and shows accounts. Upserts create accounts too, but only this command
//! can choose an account's id.

mod filter;
mod lookup;
mod record;

use clap::{ArgGroup, Args, Subcommand};
use contacts_core::{
    domain::{Account, AccountCode, AccountId, AccountName, AccountReference, TenantName},
    store::WriteOutcome,
};

use crate::{
    connection::Connection,
    error::CliError,
    output::OutputFormat,
    tenant::{TenantArgs, active_tenant},
};
pub(crate) use filter::AccountFilterArgs;
use lookup::{find_account, look_up};
use record::{ACCOUNT_COLUMNS, AccountRecord};

/// Subcommands of `contacts account`.
#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Add an account.
    ///
    /// Without --id, the account gets the id that an upsert with the same code (or else name) would give it.
    #[command(after_help = "\
Examples:
  contacts account add zegoal --id 3 --code ACME --name 'Acme Ltd'
  contacts account add zegoal --code ACME")]
    Add(AddAccountArgs),
    /// List all accounts of a tenant.
    List(TenantArgs),
    /// Show an account.
    #[command(after_help = "\
Examples:
  contacts account show zegoal --id 3
  contacts account show zegoal --code ACME")]
    Show(ShowAccountArgs),
}

/// The keys of an account. The command that contains them requires at least one.
#[derive(Args)]
struct AccountKeyArgs {
    /// Id of the account: 1 to 9007199254740991.
    #[arg(long, value_parser = AccountId::parse)]
    id: Option<AccountId>,
    /// Code of the account in an external system: 1 to 256 characters.
    #[arg(long, value_parser = AccountCode::parse)]
    code: Option<AccountCode>,
    /// Name of the account: 1 to 256 characters.
    #[arg(long, value_parser = AccountName::parse)]
    name: Option<AccountName>,
}

impl AccountKeyArgs {
    fn reference(&self) -> AccountReference {
        AccountReference::new(self.id, self.code.clone(), self.name.clone())
            .expect("the command line requires --id, --code or --name")
    }
}

/// Arguments of `contacts account add`.
#[derive(Args)]
#[command(group = ArgGroup::new("keys").required(true).multiple(true).args(["id", "code", "name"]))]
pub(crate) struct AddAccountArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    keys: AccountKeyArgs,
}

/// Arguments of `contacts account show`.
#[derive(Args)]
#[command(group = ArgGroup::new("key").required(true).multiple(false).args(["id", "code", "name"]))]
pub(crate) struct ShowAccountArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    key: AccountKeyArgs,
}

/// Runs `contacts account …`.
pub(crate) async fn run(
    connection: &Connection,
    output: OutputFormat,
    command: &AccountCommand,
) -> Result<(), CliError> {
    match command {
        AccountCommand::Add(args) => add(connection, output, args).await,
        AccountCommand::List(TenantArgs { tenant }) => list(connection, output, tenant).await,
        AccountCommand::Show(ShowAccountArgs { tenant, key }) => {
            active_tenant(connection, tenant).await?;
            let account = find_account(connection, tenant, &key.reference()).await?;
            output.print_record(&AccountRecord::from(&account), ACCOUNT_COLUMNS)
        }
    }
}

async fn add(connection: &Connection, output: OutputFormat, args: &AddAccountArgs) -> Result<(), CliError> {
    let AddAccountArgs { tenant, keys } = args;
    active_tenant(connection, tenant).await?;
    let account = match keys.id {
        Some(id) => Account { id, code: keys.code.clone(), name: keys.name.clone() },
        None => keys
            .reference()
            .new_account(tenant)
            .expect("a reference without an id has a code or a name, which the id is derived from"),
    };
    let registered =
        connection.call(connection.store.create_account(&connection.context, tenant, &account)).await?;
    if registered == WriteOutcome::ConditionFailed {
        return Err(conflict(connection, tenant, &account).await?);
    }
    let sentence = format!("Added the account {} to the tenant {tenant}.", account.id);
    output.print_change(&AccountRecord::from(&account), &sentence);
    Ok(())
}

/// Reads which keys of the account are taken, for the error of an add that was rejected.
async fn conflict(
    connection: &Connection,
    tenant: &TenantName,
    account: &Account,
) -> Result<CliError, CliError> {
    let reference = AccountReference::new(Some(account.id), account.code.clone(), account.name.clone())
        .expect("a reference with an id");
    let lookup = look_up(connection, tenant, [&reference]).await?;
    let mut taken = Vec::new();
    if lookup.ids.contains(&account.id) {
        taken.push(format!("an account {}", account.id));
    }
    taken
        .extend(lookup.codes.iter().map(|(code, id)| format!("the code `{}` (account {id})", code.as_str())));
    taken
        .extend(lookup.names.iter().map(|(name, id)| format!("the name `{}` (account {id})", name.as_str())));
    let message = format!("the tenant `{tenant}` already has {}", taken.join(" and "));
    Ok(CliError::conflict(message).advice(format!("`contacts account list {tenant}` lists its accounts")))
}

async fn list(connection: &Connection, output: OutputFormat, tenant: &TenantName) -> Result<(), CliError> {
    active_tenant(connection, tenant).await?;
    let mut records = Vec::new();
    let mut pages = Box::pin(connection.store.all_accounts(tenant));
    while let Some(accounts) = connection.next_page(&mut pages).await? {
        records.extend(accounts.iter().map(AccountRecord::from));
    }
    records.sort_by_key(|record| record.account_id);
    let when_empty = format!(
        "No accounts. `contacts account add {tenant} --code CODE` adds one; an upsert with a new code or name \
         does too."
    );
    output.print_list(&records, ACCOUNT_COLUMNS, &when_empty)
}
