//! `contacts account`: what a tenant's contacts belong to. Upserts make accounts too; only here is one
//! made with an id of choice.

use std::collections::HashSet;

use clap::{ArgGroup, Args, Subcommand};
use contacts::{
    domain::{Account, AccountCode, AccountId, AccountName, AccountReference, TenantName},
    store::{AccountLookup, Found},
};
use serde::Serialize;

use crate::{
    connection::Connection,
    failure::Failure,
    output::{Column, Output},
    tenant,
};

/// What `contacts account` does.
#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Add an account.
    ///
    /// Without --id, the id is the one that an upsert with this code (or name) would give the account.
    #[command(after_help = "\
Examples:
  contacts account add zegoal --id 3 --code ACME --name 'Acme Ltd'
  contacts account add zegoal --code ACME")]
    Add(AddAccount),
    /// List all accounts of a tenant.
    List(OfTenant),
    /// Show an account.
    #[command(after_help = "\
Examples:
  contacts account show zegoal --id 3
  contacts account show zegoal --code ACME")]
    Show(ShowAccount),
}

/// What `contacts account add` takes.
#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["id", "code", "name"]))]
pub(crate) struct AddAccount {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The account's id: 1 to 9007199254740991.
    #[arg(long, value_parser = AccountId::parse)]
    id: Option<AccountId>,
    /// The account's code in an external system: 1 to 256 characters.
    #[arg(long, value_parser = AccountCode::parse)]
    code: Option<AccountCode>,
    /// The account's name: 1 to 256 characters.
    #[arg(long, value_parser = AccountName::parse)]
    name: Option<AccountName>,
}

/// Whose accounts.
#[derive(Args)]
pub(crate) struct OfTenant {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
}

/// What `contacts account show` takes.
#[derive(Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(false).args(["id", "code", "name"]))]
pub(crate) struct ShowAccount {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The account's id.
    #[arg(long, value_parser = AccountId::parse)]
    id: Option<AccountId>,
    /// The account's code.
    #[arg(long, value_parser = AccountCode::parse)]
    code: Option<AccountCode>,
    /// The account's name.
    #[arg(long, value_parser = AccountName::parse)]
    name: Option<AccountName>,
}

/// An account as it is printed.
#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "they are called as the API calls them")]
struct AccountRecord {
    account_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
}

const COLUMNS: &[Column<AccountRecord>] = &[
    ("account_id", |record| record.account_id.to_string()),
    ("account_code", |record| record.account_code.clone().unwrap_or_default()),
    ("account_name", |record| record.account_name.clone().unwrap_or_default()),
];

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        Self {
            account_id: account.id.get(),
            account_code: account.code.as_ref().map(|code| code.as_str().to_owned()),
            account_name: account.name.as_ref().map(|name| name.as_str().to_owned()),
        }
    }
}

/// Carries out `contacts account …`.
pub(crate) async fn run(
    connection: &Connection,
    output: Output,
    command: &AccountCommand,
) -> Result<(), Failure> {
    match command {
        AccountCommand::Add(arguments) => add(connection, output, arguments).await,
        AccountCommand::List(OfTenant { tenant }) => list(connection, output, tenant).await,
        AccountCommand::Show(arguments) => {
            tenant::existing(connection, &arguments.tenant).await?;
            let (id, code, name) = (arguments.id, arguments.code.clone(), arguments.name.clone());
            let reference = reference(id, code, name)?;
            let account = find(connection, &arguments.tenant, &reference).await?;
            output.one(&AccountRecord::from(&account), COLUMNS)
        }
    }
}

async fn add(connection: &Connection, output: Output, arguments: &AddAccount) -> Result<(), Failure> {
    let tenant = &arguments.tenant;
    tenant::existing(connection, tenant).await?;
    let reference = reference(arguments.id, arguments.code.clone(), arguments.name.clone())?;
    let account = match (arguments.id, reference.new_account(tenant)) {
        (None, Some(account)) => account,
        (Some(id), _) => Account { id, code: arguments.code.clone(), name: arguments.name.clone() },
        (None, None) => return Err(nothing_given()),
    };
    if !connection.call(connection.store.register_account(tenant, &account)).await? {
        return Err(taken(connection, tenant, &account).await?);
    }
    let sentence = format!("Added the account {} to the tenant {tenant}.", account.id);
    output.done(&AccountRecord::from(&account), &sentence)
}

/// What of an account somebody has already.
async fn taken(connection: &Connection, tenant: &TenantName, account: &Account) -> Result<Failure, Failure> {
    let lookup = look_up(connection, tenant, Some(account.id), account.code.as_ref(), account.name.as_ref());
    let lookup = lookup.await?;
    let mut taken = Vec::new();
    if lookup.ids.contains(&account.id) {
        taken.push(format!("an account {}", account.id));
    }
    if let Some((code, id)) = lookup.codes.iter().next() {
        taken.push(format!("the code `{}` (account {id})", code.as_str()));
    }
    if let Some((name, id)) = lookup.names.iter().next() {
        taken.push(format!("the name `{}` (account {id})", name.as_str()));
    }
    Ok(Failure::Taken(format!(
        "the tenant `{tenant}` already has {}. `contacts account list {tenant}` shows all",
        taken.join(" and ")
    )))
}

async fn list(connection: &Connection, output: Output, tenant: &TenantName) -> Result<(), Failure> {
    tenant::existing(connection, tenant).await?;
    let mut records = Vec::new();
    let mut parts = Box::pin(connection.store.all_accounts(tenant));
    while let Some(accounts) = connection.next(&mut parts).await? {
        records.extend(accounts.iter().map(AccountRecord::from));
    }
    records.sort_by_key(|record| record.account_id);
    let when_empty = format!(
        "No accounts. `contacts account add {tenant} --code CODE` adds one; so does an upsert with a new code \
         or name."
    );
    output.list(&records, COLUMNS, &when_empty)
}

/// The account that somebody means.
pub(crate) async fn find(
    connection: &Connection,
    tenant: &TenantName,
    reference: &AccountReference,
) -> Result<Account, Failure> {
    let lookup = look_up(connection, tenant, reference.id(), reference.code(), reference.name()).await?;
    let unknown = || {
        Failure::NotFound(format!(
            "the tenant `{tenant}` has no such account. `contacts account list {tenant}` shows those it has"
        ))
    };
    let Found::One(id) = lookup.find(reference) else { return Err(unknown()) };
    let mut found = connection.call(connection.store.accounts(tenant, HashSet::from([id]))).await?;
    found.remove(&id).ok_or_else(unknown)
}

async fn look_up(
    connection: &Connection,
    tenant: &TenantName,
    id: Option<AccountId>,
    code: Option<&AccountCode>,
    name: Option<&AccountName>,
) -> Result<AccountLookup, Failure> {
    let (ids, codes) = (id.into_iter().collect(), code.cloned().into_iter().collect());
    let names = name.cloned().into_iter().collect();
    connection.call(connection.store.look_up_accounts(tenant, ids, codes, names)).await
}

fn reference(
    id: Option<AccountId>,
    code: Option<AccountCode>,
    name: Option<AccountName>,
) -> Result<AccountReference, Failure> {
    AccountReference::new(id, code, name).ok_or_else(nothing_given)
}

fn nothing_given() -> Failure {
    Failure::Usage("which account? Give --id, --code or --name".to_owned())
}
