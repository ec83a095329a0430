//! What `contacts import` takes, and what its `--help` teaches.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use contacts::domain::{AccountCode, AccountId, AccountName};
use encoding_rs::Encoding;
use jiff::SignedDuration;

/// The part of the help that doesn't belong to any one option.
const TEACHING: &str = "\
CSV
  The first line names the columns, in any order, each one of: contact_id, link_id,
  account_id, account_code, account_name, contact_name, contact_mobile_num,
  contact_type, contact_email, contact_desc. An empty cell means \"not given\": what is
  stored stays as it is (see --empty-clears). What `contacts export` writes can be
  imported as it is.

    account_code,contact_name,contact_mobile_num,contact_email
    ACME,Ann,067_1,ann@example.com

NDJSON
  One object a line, with the same names: {\"account_code\": \"ACME\", \"contact_name\":
  \"Ann\", ...}

WHICH CONTACT A ROW MEANS
  Its contact_id, or its link_id (a UUID of your own), or else account, contact_name and
  contact_mobile_num together. So a file may be imported again: nothing is stored twice.

REJECTED ROWS
  They go to a file beside the input, people.csv to people.rejected.csv, which no run
  ever overwrites: the next run's is people.rejected.2.csv. It says each row's line in
  the input and why it was rejected in the first two columns, and then the row as it
  came. Correct it and import it; those two columns are ignored then. Corrected rows
  apply after all that went through before. The file is UTF-8, holds personal data, and
  can be read by its owner only. A NDJSON line that isn't JSON stands in it as
  `rejected_text`; correct it there.

ORDER
  Rows that mean the same contact apply in the order of the file, though several calls
  run at once. If rows without ids stand in one file with rows that may mean the same
  contacts by a contact_id, or by a link_id that the service made, then all calls from
  there on run one after the other, to keep that so.

AFTER AN INTERRUPTION
  Ctrl-C, a lost connection, a token that expires: run the same command again. It sends
  the whole file; what is stored already comes back as updated and costs no write. A
  contact that was created by a call whose answer got lost is counted as updated, too.

EXAMPLES
  contacts import people.csv
  contacts import people.csv --account-code ACME        # the account of rows that name none
  contacts import people.txt --format csv --delimiter tab --encoding windows-1251
  contacts import other.csv --skip-column contact_id --skip-column account_id
  zcat people.ndjson.gz | contacts import - --json

EXIT CODES
  0    every row went through
  2    a wrong option, or a file that can't be imported
  3    some rows were rejected: see the file of rejected rows
  4    there is no such file
  5    the token isn't good or lacks the right: issue another, run again
  6    the service can't be reached or is overloaded: run again
  130  interrupted: run again
  1    anything else";

/// What `contacts import` takes.
#[derive(Args)]
#[command(after_long_help = TEACHING)]
pub(crate) struct ImportArguments {
    /// The file, CSV with a header or NDJSON; `-` is standard input.
    pub(super) file: PathBuf,
    /// The service's address: the stack's output `ApiUrl` (with --local, an address on this machine, and
    /// <http://127.0.0.1:9000> if none is given).
    #[arg(long, env = "CONTACTS_URL")]
    pub(super) url: Option<String>,
    /// A token with the right to upsert, best given as the environment variable: other users of this
    /// machine can see a command line.
    #[arg(long, env = "CONTACTS_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// What the file is, where neither its ending nor its first character tells.
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// What separates the cells, `tab` or a character; found out from the header by default.
    #[arg(long, value_parser = delimiter, value_name = "CHARACTER")]
    pub(super) delimiter: Option<u8>,
    /// The file's encoding, like windows-1251 or utf-16le; UTF-8 by default. A byte-order mark in the
    /// file wins.
    #[arg(long, value_parser = encoding, value_name = "LABEL")]
    pub(super) encoding: Option<&'static Encoding>,
    /// The account of rows that name none, by its id.
    #[arg(long, value_parser = AccountId::parse, value_name = "ID")]
    pub(super) account_id: Option<AccountId>,
    /// The account of rows that name none, by its code; a new code makes a new account.
    #[arg(long, value_parser = AccountCode::parse, value_name = "CODE")]
    pub(super) account_code: Option<AccountCode>,
    /// The account of rows that name none, by its name; a new name makes a new account.
    #[arg(long, value_parser = AccountName::parse, value_name = "NAME")]
    pub(super) account_name: Option<AccountName>,
    /// A column (or key) of the file not to import; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub(super) skip_column: Vec<String>,
    /// Let an empty CSV cell of `contact_email` or `contact_desc` clear what is stored.
    #[arg(long)]
    pub(super) empty_clears: bool,
    /// How many calls run at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64), value_name = "NUMBER")]
    pub(super) calls: u16,
    /// How many rows a call has at most.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=10_000), value_name = "NUMBER")]
    pub(super) rows_a_call: u16,
    /// Where rejected rows go, a file that isn't there yet; beside the input by default.
    #[arg(long, value_name = "FILE")]
    pub(super) rejected: Option<PathBuf>,
    /// How long to keep trying while no call goes through.
    #[arg(long, default_value = "5m", value_parser = duration, value_name = "TIME")]
    pub(super) patience: Duration,
}

/// What a file of contacts may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values, or values separated by another character.
    Csv,
    /// One JSON object a line.
    Ndjson,
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

fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|_| "must be a time, like 30s or 5m".to_owned())?;
    Duration::try_from(duration).map_err(|_| "must not be negative".to_owned())
}
