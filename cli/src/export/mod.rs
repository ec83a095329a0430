//! `contacts export`: writes all contacts of a tenant or of an account, page by page, in constant memory.

mod contact_writer;
mod destination;
mod format;
mod pending_file;
#[cfg(target_os = "linux")]
mod unnamed_file;

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use contacts_core::domain::TenantName;
use indicatif::{HumanCount, ProgressBar};

use crate::{
    account::AccountFilterArgs,
    connection::Connection,
    contact::AccountCache,
    error::CliError,
    interrupt::cancel_on_signal,
    output::{note, progress_style},
    tenant::active_tenant,
};
use contact_writer::ContactWriter;
use destination::Destination;
use format::ExportFormat;

/// Write all contacts of a tenant or of an account to a file.
///
/// The columns of CSV and the keys of NDJSON have the names of the API's fields: `account_id`,
/// `account_code`, `account_name`, `contact_id`, `link_id`, `contact_name`, `contact_mobile_num`,
/// `contact_type`, `contact_email`, `contact_desc`. All formats are UTF-8, and `contacts import` reads
/// them. The order of the same contacts is the same in every export.
///
/// An export keeps only a few pages of the table in memory. The file appears once it is complete. An existing
/// file is replaced only with --overwrite. A contact that is created or changed during the export may be exported as it was
/// before or after the change. The table has no index by account, so an export of one account takes as long
/// as an export of the tenant.
///
/// Values are exported unchanged, so that an import restores them. Spreadsheets interpret values that begin
/// with `=`, `+`, `-` or `@` as formulas, unless the column is declared as text.
#[derive(Args)]
#[command(after_help = "\
Examples:
  contacts export zegoal --output zegoal.csv
  contacts export zegoal --account-code ACME --output acme.ndjson
  contacts export zegoal --output excel.csv --byte-order-mark
  contacts export zegoal --format ndjson | jq -r .contact_email")]
pub(crate) struct ExportArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    tenant: TenantName,
    #[command(flatten)]
    account: AccountFilterArgs,
    /// Format of the file. By default that of its name: .csv, .txt, .tsv, .ndjson or .jsonl. CSV is the default for
    /// standard output and for a name without an extension.
    #[arg(long, value_enum)]
    format: Option<ExportFormat>,
    /// Begin a CSV or TSV file with a byte order mark. Excel needs it to read the file as UTF-8; other programs may take
    /// it for a part of the first column's name. `contacts import` skips it.
    #[arg(long)]
    byte_order_mark: bool,
    /// File to write, which must not exist; `-` is standard output. An export that fails or is interrupted leaves no
    /// file.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Replace the file if it exists, once the export is complete.
    #[arg(long)]
    overwrite: bool,
}

/// Runs `contacts export`.
pub(crate) async fn run(connection: &Connection, args: &ExportArgs) -> Result<(), CliError> {
    let ExportArgs { tenant, output, .. } = args;
    let exported = cancel_on_signal(export(connection, args), "The export is incomplete").await?;
    let name = if is_stdout(output) { "standard output".to_owned() } else { output.display().to_string() };
    note(&format!("Wrote the contacts of {tenant} to {name}: {}.", HumanCount(exported)));
    Ok(())
}

/// Exports the contacts and returns their number.
async fn export(connection: &Connection, args: &ExportArgs) -> Result<u64, CliError> {
    let ExportArgs { tenant, account, format, byte_order_mark, output, overwrite } = args;
    let format = match format {
        Some(format) => *format,
        None => ExportFormat::from_extension(output)?,
    };
    if *byte_order_mark && format == ExportFormat::Ndjson {
        return Err(CliError::usage("`--byte-order-mark` does not apply to NDJSON")
            .advice("A byte order mark is for CSV and TSV"));
    }
    active_tenant(connection, tenant).await?;
    let account = account.resolve(connection, tenant).await?;
    let mut destination =
        if is_stdout(output) { Destination::stdout() } else { Destination::file(output, *overwrite)? };
    if *byte_order_mark {
        destination
            .write_all("\u{feff}".as_bytes())
            .map_err(|error| CliError::write(destination.name(), error))?;
    }
    let mut writer = ContactWriter::new(format, destination)?;
    let progress = progress_bar(output);
    let mut accounts = AccountCache::new(connection, tenant);
    let mut pages = Box::pin(connection.store.all_contacts(&connection.context, tenant, account));
    while let Some(contacts) = connection.next_page(&mut pages).await? {
        for record in accounts.contact_records(contacts).await? {
            writer.write(&record)?;
            progress.inc(1);
        }
    }
    writer.finish()?;
    progress.finish_and_clear();
    Ok(progress.position())
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// A count of contacts, hidden if the contacts themselves go to the terminal.
fn progress_bar(output: &Path) -> ProgressBar {
    if is_stdout(output) && io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    ProgressBar::no_length().with_style(progress_style("{spinner} {human_pos} contacts"))
}
