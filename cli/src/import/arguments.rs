//! The arguments of `contacts import`, and the guide in its `--help`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use contacts_core::domain::{AccountCode, AccountId, AccountName};
use encoding_rs::Encoding;
use jiff::SignedDuration;

use super::read::{ColumnMapping, InputFormat};
use crate::{api::ApiArgs, error::CliError};

/// The part of the help that is about the import as a whole.
const GUIDE: &str = "\
CSV
  The first line names the columns, in any order, each one of: contact_id, link_id,
  account_id, account_code, account_name, contact_name, contact_mobile_num,
  contact_type, contact_email, contact_desc. An empty cell is not sent, so the stored
  value stays (see --empty-clears). Files that `contacts export` writes can be imported
  unchanged.

    account_code,contact_name,contact_mobile_num,contact_email
    ACME,Ann,067_1,ann@example.com

NDJSON
  One object per line, with the same names as keys: {\"account_code\": \"ACME\",
  \"contact_name\": \"Ann\", ...}

WHICH CONTACT A ROW IDENTIFIES
  A row identifies a contact by its contact_id, or by its link_id (a UUID that you
  choose), or by account, contact_name and contact_mobile_num together. Upserts are
  idempotent: importing a file twice creates no duplicates.

REJECTED ROWS
  Rejected rows are written to a new file beside the input: those of people.csv to
  people.rejected.csv, those of the next run to people.rejected.2.csv. The first two
  columns are the row's line in the input and the reason of the rejection; the row
  follows unchanged. Correct the rows and import that file: the two columns are ignored.
  Corrected rows are applied after the rows that were imported before. The file is
  UTF-8, holds personal data, and only its owner can read it. An NDJSON line that is not
  a JSON object is the value of `rejected_text`; correct it there.

ORDER
  Rows that identify the same contact are applied in the order of the file, although
  several requests are sent at once. If a file has rows without ids, and also rows that
  may identify the same contacts by a contact_id or by a link_id that the service
  derived, then from there on requests are sent one at a time to keep the order.

AFTER AN INTERRUPTION
  After Ctrl-C, a lost connection or an expired token, run the same command again. It
  sends the whole file again; rows that are already stored count as updated and cost no
  write. A contact that was created by a request whose response was lost counts as
  updated, too.

EXAMPLES
  contacts import people.csv
  contacts import people.csv --account-code ACME        # account of rows without one
  contacts import people.txt --format csv --delimiter tab --encoding windows-1251
  contacts import other.csv --skip-column contact_id --skip-column account_id
  zcat people.ndjson.gz | contacts import - --json

EXIT CODES
  0    all rows were imported
  2    an invalid option, or a file that can't be imported
  3    some rows were rejected: see the file of rejected rows
  4    the input file does not exist
  5    the token is invalid or lacks the right `upsert`: issue another and run again
  6    the service can't be reached or is overloaded: run again
  130  interrupted: run again
  1    any other error";

/// Arguments of `contacts import`.
#[derive(Args)]
#[command(after_long_help = GUIDE)]
pub(crate) struct ImportArgs {
    /// Input file: CSV, an Excel workbook (.xlsx), NDJSON, JSON or vCards (.vcf); `-` is standard input.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) api: ApiArgs,
    /// Shows what the import would do, without writing: the same counts and the same file of rejected rows.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Prints a CSV file to start from, and imports nothing.
    #[arg(long)]
    pub(super) template: bool,
    /// Format of the file. By default detected from its name and its first characters.
    #[arg(long)]
    pub(super) format: Option<InputFormat>,
    /// Delimiter of the cells, `tab` or a character. By default detected from the header.
    #[arg(long, value_parser = delimiter, value_name = "CHARACTER")]
    pub(super) delimiter: Option<u8>,
    /// Encoding of the file, like windows-1251 or utf-16le; UTF-8 by default. A byte-order mark in the file
    /// takes precedence.
    #[arg(long, value_parser = encoding, value_name = "LABEL")]
    pub(super) encoding: Option<&'static Encoding>,
    /// Id of the account of rows that give no account.
    #[arg(long, value_parser = AccountId::parse, value_name = "ID")]
    pub(super) account_id: Option<AccountId>,
    /// Code of the account of rows that give no account. An unknown code creates an account.
    #[arg(long, value_parser = AccountCode::parse, value_name = "CODE")]
    pub(super) account_code: Option<AccountCode>,
    /// Name of the account of rows that give no account. An unknown name creates an account.
    #[arg(long, value_parser = AccountName::parse, value_name = "NAME")]
    pub(super) account_name: Option<AccountName>,
    /// Imports a column as a field, or several columns joined by spaces:
    /// `--map 'First Name+Last Name=contact_name'`. Can be given several times; of several for one field,
    /// the first that has a value counts. Columns without a field are then left out.
    #[arg(long, value_name = "COLUMN[+COLUMN]=FIELD", value_parser = ColumnMapping::parse)]
    pub(super) map: Vec<ColumnMapping>,
    /// Column (or key) of the file that is not imported; can be given several times.
    #[arg(long, value_name = "NAME")]
    pub(super) skip_column: Vec<String>,
    /// Let an empty CSV cell of `contact_email` or `contact_desc` clear the stored value.
    #[arg(long)]
    pub(super) empty_clears: bool,
    /// Number of concurrent requests.
    #[arg(long = "calls", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64), value_name = "NUMBER")]
    pub(super) concurrency: u16,
    /// Maximum number of rows per request.
    #[arg(long = "rows-a-call", default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=10_000), value_name = "NUMBER")]
    pub(super) max_batch_rows: u16,
    /// File for the rejected rows, which must not exist. By default a file beside the input.
    #[arg(long, value_name = "FILE")]
    pub(super) rejected: Option<PathBuf>,
    /// How long to retry while no request succeeds.
    #[arg(long = "patience", default_value = "5m", value_parser = duration, value_name = "TIME")]
    pub(super) retry_limit: Duration,
}

impl ImportArgs {
    /// Returns the input file. Fails with a usage error if there is none.
    pub(super) fn file(&self) -> Result<&Path, CliError> {
        self.file.as_deref().ok_or_else(|| CliError::usage("no file to import is given"))
    }
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n_".contains(byte) => Ok(*byte),
        _ => Err("must be `tab` or one ASCII character that isn't a letter, a digit, `_` or `\"`"),
    }
}

fn encoding(label: &str) -> Result<&'static Encoding, &'static str> {
    Encoding::for_label(label.as_bytes())
        .ok_or("must be a label of the Encoding Standard, like utf-8, utf-16le, windows-1251 or koi8-u")
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration: SignedDuration = text.parse().map_err(|_| "must be a duration, like 30s or 5m")?;
    Duration::try_from(duration).map_err(|_| "must not be negative")
}
