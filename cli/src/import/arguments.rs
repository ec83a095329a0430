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
FORMATS
  CSV            the first line names the columns, in any order
  .xlsx          the first sheet of an Excel workbook, with the same first row
  NDJSON         one object per line, with the names of the fields as keys
  JSON           an array of such objects, or the body of an upsert request
  .vcf           vCards: name, one number (mobile before others), first e-mail address,
                 organisation (as account_name) and note

  Files that `contacts export` writes can be imported unchanged. --template prints a CSV
  file to start from.

COLUMNS
  The fields are contact_id, link_id, account_id, account_code, account_name,
  contact_name, contact_mobile_num, contact_type, contact_email, contact_desc. Names of
  columns are compared without case, spaces, hyphens and underscores.

    account_code,contact_name,contact_mobile_num,contact_email
    ACME,Ann,067_1,ann@example.com

  Exports of Google Contacts, Outlook, HubSpot, Salesforce and Zoho CRM are recognised by
  their columns. For any other file, --map says which columns give a field, and
  --skip-column which to leave out. An unknown column is an error, unless --map is given
  or a product is recognised: then what is left out is shown before the import starts. In
  JSON, each item with an unknown key is rejected; --map is for tables.

CELLS
  An empty cell is not sent, so the stored value stays (see --empty-clears). Line breaks
  and tabs in contact_desc become spaces. These rows are rejected, because they would be
  stored incorrectly:

    - broken quoting: text after a closing quote, a space before an opening one, a file
      that ends inside quotes
    - another number of cells than the header has
    - a mobile number or an id that a spreadsheet has shortened (3.80671E+11). Format the
      column as text and export again. 380671234567.0 is imported as 380671234567
    - a cell of a workbook with an error (#N/A), or with a number that Excel has cut
    - a repetition of the header, as in files that were put together

  Excel's first line `sep=;` sets the delimiter. A file without any text is an error.

DRY RUN
  --dry-run asks the service what each row would do. It stores nothing, and writes the
  file of rejected rows. Accounts that earlier requests of the same run would create are
  not there yet, so a row with another code or name of such an account may have another
  result.

WHICH CONTACT A ROW IDENTIFIES
  A row identifies a contact by its contact_id, or by its link_id (a UUID that you
  choose), or by account, contact_name and contact_mobile_num together. Upserts are
  idempotent: importing a file twice creates no duplicates.

REJECTED ROWS
  Rejected rows are written to a new file beside the input, in its order: those of
  people.csv to people.rejected.csv, those of the next run to people.rejected.2.csv.
  Those of a stream go to the current folder, as stdin.rejected.csv. The first two
  columns are the row's line in the input and the reason of the rejection; the row's
  cells follow. Rows of .xlsx and .vcf files are written as CSV, those of JSON as NDJSON.
  Correct the rows and import that file with the same options: the two columns are ignored.
  Corrected rows are applied after the rows that were imported before. The file is
  UTF-8, holds personal data, and only its owner can read it. An NDJSON line that is not
  a JSON object is the value of `rejected_text`; correct it there.

ORDER
  Rows that depend on each other are applied in the order of the file, although several
  requests are sent at once. If rows may identify the same contact or account in
  different ways, requests are sent one at a time from there on: a contact by an id and
  by name and number, an account by its code in one row and by code and name in another.

ACCOUNTS
  A code and a name become one account if the first row of the account has both, or if
  one request has a row with both. Otherwise there are two accounts, and later rows with
  both are rejected. Accounts can't be joined or renamed. To correct it, delete the
  contacts of the account that is not wanted (`contacts contact delete`), and import
  them again with the keys of the other.

AFTER AN INTERRUPTION
  After Ctrl-C, a lost connection or an expired token, run the same command again (with a
  new token, and another file if --rejected names one). It sends the whole file again; rows that are already stored count as updated and cost no
  write. A contact that was created by a request without a response counts as updated,
  too. `unknown` counts rows that were sent without a reported outcome: they may be stored.

EXAMPLES
  contacts import people.csv
  contacts import people.csv --dry-run
  contacts import people.csv --account-code ACME        # account of rows without one
  contacts import crm.csv --map 'First+Last=contact_name' --map 'Cell=contact_mobile_num'
  contacts import people.txt --format csv --delimiter tab --encoding windows-1251
  contacts import other.csv --skip-column contact_id --skip-column account_id
  zcat people.ndjson.gz | contacts import - --json       # the result as JSON

EXIT CODES
  0    all rows were imported
  2    an invalid option, or a file that can't be imported, perhaps only from some line on
  3    some rows were rejected: see the file of rejected rows
  4    the input file does not exist
  5    the token is invalid or lacks the right `upsert`: issue another and run again
  6    the service can't be reached or is overloaded: run again
  130  interrupted: run again
  1    any other error, such as a file that changes while it is read";

/// Arguments of `contacts import`.
#[derive(Args)]
#[command(after_long_help = GUIDE)]
pub(crate) struct ImportArgs {
    /// Input file: CSV, an Excel workbook (.xlsx), NDJSON, JSON or vCards (.vcf); `-` is standard input.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) api: ApiArgs,
    /// Shows what the import would do, without storing anything: its counts and its file of rejected rows.
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
    /// Let an empty cell of `contact_email` or `contact_desc` clear the stored value.
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
