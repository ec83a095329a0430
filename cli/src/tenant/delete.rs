//! `contacts tenant delete`: deletes a tenant and all of its data.

use std::time::Duration;

use clap::Args;
use contacts_core::domain::TenantName;
use indicatif::{HumanCount, ProgressBar};
use serde::Serialize;

use super::lookup::tenant_not_found;
use crate::{
    confirmation::ask,
    connection::Connection,
    error::CliError,
    interrupt::cancel_on_signal,
    output::{OutputFormat, progress_style},
};

/// Arguments of `contacts tenant delete`.
#[derive(Args)]
pub(crate) struct DeleteTenantArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// Name of the tenant again, as the confirmation; without it, the command asks for the name.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Delete the tenant without asking for its name.
    #[arg(long, conflicts_with = "confirm")]
    yes: bool,
    /// How long to wait between removing the tenant and deleting its data. Lambda functions cache a tenant
    /// for up to 60 seconds, a request takes up to 29 seconds, and the accounts that it reads are cached for
    /// another 60. After a shorter wait, contacts that are written meanwhile may remain in the table, and
    /// requests of a new tenant of the same name may find cached accounts of the deleted one.
    #[arg(long, value_name = "SECONDS", default_value_t = 150)]
    wait: u64,
}

/// What was deleted, as the tool prints it. `items` counts table items: one per contact, and per account one
/// for the account, one for its code and one for its name.
#[derive(Serialize)]
struct DeletionRecord {
    tenant: String,
    tokens: usize,
    items: usize,
}

/// Runs `contacts tenant delete`.
pub(super) async fn run(
    connection: &Connection,
    output: OutputFormat,
    args: &DeleteTenantArgs,
) -> Result<(), CliError> {
    let name = &args.tenant;
    if connection.call(connection.store.listed_tenant(name)).await?.is_none() {
        return Err(tenant_not_found(name));
    }
    if !args.yes {
        confirm(name, args.confirm.as_deref())?;
    }
    let when_interrupted = format!("`contacts tenant delete {name}` finishes the deletion");
    let deletion = cancel_on_signal(delete(connection, output, args), &when_interrupted).await?;
    let items = HumanCount(deletion.items as u64);
    output.print_change(&deletion, &format!("Deleted the tenant {name} and its data: {items} items."));
    Ok(())
}

/// Fails unless `given`, or else what the operator types, is the tenant's name.
fn confirm(name: &TenantName, given: Option<&str>) -> Result<(), CliError> {
    let confirmation = match given {
        Some(given) => given.to_owned(),
        None => ask(
            &format!(
                "This deletes the tenant {name} with all its tokens, accounts and contacts.\n\
                 Type the tenant's name to confirm:"
            ),
            &format!("the deletion of `{name}`"),
            &format!("To confirm it, add `--confirm {name}` or `--yes`"),
        )?,
    };
    if confirmation.trim() == name.as_str() {
        return Ok(());
    }
    Err(CliError::usage(format!("the confirmation is not the name `{name}`")).advice("Nothing was deleted"))
}

async fn delete(
    connection: &Connection,
    output: OutputFormat,
    args: &DeleteTenantArgs,
) -> Result<DeletionRecord, CliError> {
    let (store, name) = (&connection.store, &args.tenant);
    let tokens = connection.call(store.remove_tokens(name)).await?;
    connection.call(store.retire_tenant(name)).await?;
    output.hint(&format!("Tokens revoked: {tokens}. New requests of the tenant are rejected."));
    wait_for_caches(output, args.wait).await;
    let progress = ProgressBar::no_length().with_style(progress_style("{spinner} {human_pos} items deleted"));
    let mut items = 0;
    let mut pages = Box::pin(store.remove_data(name));
    while let Some(removed) = connection.next_page(&mut pages).await? {
        items += removed;
        progress.inc(removed as u64);
    }
    progress.finish_and_clear();
    connection.call(store.forget_tenant(name)).await?;
    Ok(DeletionRecord { tenant: name.to_string(), tokens, items })
}

/// Waits until running requests have ended and the functions' cache entries of the tenant have expired.
async fn wait_for_caches(output: OutputFormat, seconds: u64) {
    let template = "{bar:30} {pos} of {len} s until all functions' caches of the tenant expire";
    let progress = ProgressBar::new(seconds).with_style(progress_style(template));
    if progress.is_hidden() && seconds > 0 {
        output.hint(&format!("Waiting {seconds} seconds until all functions' caches of the tenant expire."));
    }
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        progress.inc(1);
    }
    progress.finish_and_clear();
}
