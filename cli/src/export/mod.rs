//! `contacts export`: all contacts of a tenant or of an account, page by page, so that memory doesn't grow
//! with them.

mod destination;
mod format;

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use contacts::domain::TenantName;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::{
    account, arguments::AccountChoice, connection::Connection, contact::Owners, failure::Failure,
    interrupt::breakable, tenant,
};
use destination::Destination;
use format::{Format, Writer};

/// Write all contacts of a tenant or of an account to a file.
///
/// The columns (of CSV) and keys (of NDJSON, an object a line) are called as the API calls the fields:
/// `account_id`, `account_code`, `account_name`, `contact_id`, `link_id`, `contact_name`,
/// `contact_mobile_num`, `contact_type`, `contact_email`, `contact_desc`. Both are UTF-8, and `contacts
/// import` reads both. The same contacts come in the same order each time.
///
/// An export holds a few pages of the table in memory, however many contacts there are. A file is there
/// only when it is whole. Contacts that are created or changed while it runs may be in it as they were or as they are.
/// The table has no index by account: an account's contacts take as long as the whole tenant's.
///
/// Contacts say what their callers wrote, so that an import finds it again; a spreadsheet takes what begins
/// with `=`, `+`, `-` or `@` for a formula, unless it is told that a column is text.
#[derive(Args)]
#[command(after_help = "\
Examples:
  contacts export zegoal --output zegoal.csv
  contacts export zegoal --account-code ACME --output acme.ndjson
  contacts export zegoal --format ndjson | jq -r .contact_email")]
pub(crate) struct ExportArguments {
    /// The tenant's name.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountChoice,
    /// CSV or NDJSON; without it, the file's name decides: NDJSON if it ends in .ndjson or .jsonl, or CSV.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The file to write; `-` is standard output.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Carries out `contacts export`.
pub(crate) async fn run(connection: &Connection, arguments: &ExportArguments) -> Result<(), Failure> {
    let ExportArguments { tenant, output, .. } = arguments;
    let count =
        breakable(export(connection, arguments), || "broken off; there is no whole export".to_owned());
    let count = HumanCount(count.await?);
    let place = if is_stdout(output) { "standard output".to_owned() } else { output.display().to_string() };
    eprintln!("Wrote the contacts of {tenant} to {place}: {count}.");
    Ok(())
}

async fn export(connection: &Connection, arguments: &ExportArguments) -> Result<u64, Failure> {
    let ExportArguments { tenant, output, .. } = arguments;
    tenant::existing(connection, tenant).await?;
    let account = match arguments.account.reference() {
        Some(reference) => Some(account::find(connection, tenant, &reference).await?.id),
        None => None,
    };
    let destination = if is_stdout(output) { Destination::stdout() } else { Destination::file(output)? };
    let format = arguments.format.unwrap_or_else(|| Format::of_file(output));
    let mut writer = Writer::new(format, destination)?;
    let progress = progress(output);
    let mut owners = Owners::new(connection, tenant);
    let mut parts = Box::pin(connection.store.all_contacts(tenant, account));
    while let Some(contacts) = connection.next(&mut parts).await? {
        for record in owners.records(contacts).await? {
            writer.write(&record)?;
            progress.inc(1);
        }
    }
    writer.finish()?.finish()?;
    progress.finish_and_clear();
    Ok(progress.position())
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// A count on the terminal, unless the contacts themselves go there.
fn progress(output: &Path) -> ProgressBar {
    if is_stdout(output) && io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    // The template is a constant; one with a mistake in it would be the default style instead.
    let style = ProgressStyle::with_template("{spinner} {human_pos} contacts");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
