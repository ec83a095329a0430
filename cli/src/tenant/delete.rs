//! `contacts tenant delete`: all of a tenant's data, once and for all.

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use clap::Args;
use contacts::domain::TenantName;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde::Serialize;

use super::unknown;
use crate::{connection::Connection, failure::Failure, interrupt::breakable, output::Output};

/// What `contacts tenant delete` takes.
#[derive(Args)]
pub(crate) struct DeleteTenant {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    /// The tenant's name once more, instead of being asked for it.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// How long to wait between removing the tenant and deleting its data. Warm functions know a tenant
    /// for up to 60 seconds, a request takes up to 29, and the accounts that it has read are known for 60
    /// more; if the wait is shorter, what is written meanwhile may stay behind, and a new tenant of the same name
    /// may be taken to have the old one's accounts.
    #[arg(long, value_name = "SECONDS", default_value_t = 150)]
    wait: u64,
}

/// What was deleted, as it is printed. A contact is an item; an account is one, its code and its name are
/// one each.
#[derive(Serialize)]
struct Deletion {
    tenant: String,
    tokens: usize,
    items: usize,
}

/// Carries out `contacts tenant delete`.
pub(super) async fn run(
    connection: &Connection,
    output: Output,
    arguments: &DeleteTenant,
) -> Result<(), Failure> {
    let name = &arguments.tenant;
    if connection.call(connection.store.listed_tenant(name)).await?.is_none() {
        return Err(unknown(name));
    }
    confirm(name, arguments.confirm.as_deref())?;
    let deleted = breakable(delete(connection, output, arguments), || {
        format!("broken off. `contacts tenant delete {name}` finishes the deletion")
    })
    .await?;
    let items = HumanCount(deleted.items as u64);
    output.done(&deleted, &format!("Deleted the tenant {name}: {items} items of data are gone."))
}

fn confirm(name: &TenantName, given: Option<&str>) -> Result<(), Failure> {
    let answer = match given {
        Some(given) => given.to_owned(),
        None if io::stdin().is_terminal() => ask(name)?,
        None => {
            return Err(Failure::Usage(format!(
                "nobody can be asked whether to delete `{name}`. If it is meant, add `--confirm {name}`"
            )));
        }
    };
    if answer.trim() == name.as_str() {
        return Ok(());
    }
    Err(Failure::Usage(format!("that is not the name `{name}`. Nothing was deleted")))
}

fn ask(name: &TenantName) -> Result<String, Failure> {
    eprint!(
        "This deletes the tenant {name} with all its tokens, accounts and contacts.\nIts name, to go on: "
    );
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.map(|_| answer).map_err(|error| Failure::Other(format!("the answer can't be read: {error}")))
}

async fn delete(
    connection: &Connection,
    output: Output,
    arguments: &DeleteTenant,
) -> Result<Deletion, Failure> {
    let (store, name) = (&connection.store, &arguments.tenant);
    let tokens = connection.call(store.remove_tokens(name)).await?;
    connection.call(store.retire_tenant(name)).await?;
    output.say(&format!("Tokens revoked: {tokens}. Nobody new gets in."));
    wait(output, arguments.wait).await;
    let progress = ProgressBar::no_length().with_style(style("{spinner} {human_pos} items deleted"));
    let mut items = 0;
    let mut parts = Box::pin(store.remove_data(name));
    while let Some(removed) = connection.next(&mut parts).await? {
        items += removed;
        progress.inc(removed as u64);
    }
    progress.finish_and_clear();
    connection.call(store.forget_tenant(name)).await?;
    Ok(Deletion { tenant: name.to_string(), tokens, items })
}

/// Lets warm functions forget the tenant, and requests under way end.
async fn wait(output: Output, seconds: u64) {
    let progress = ProgressBar::new(seconds)
        .with_style(style("{bar:30} {pos} of {len} s until no function knows the tenant any more"));
    if progress.is_hidden() && seconds > 0 {
        output.say(&format!("Waiting {seconds} seconds until no function knows the tenant any more."));
    }
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        progress.inc(1);
    }
    progress.finish_and_clear();
}

fn style(template: &str) -> ProgressStyle {
    // Both templates are constants; one with a mistake in it would be the default style instead.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
