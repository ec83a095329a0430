//! `contacts import`: sends the contacts of a file to the service's HTTP API.
//!
//! A row passes three stages: [`read`] parses it, [`send`] sends it, [`report`] records its outcome. All
//! buffers are bounded, so a file of any size takes the same memory. Upserts are idempotent: after an
//! interruption the whole file is imported again, and no state is kept for that.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`arguments`], [`settings`] | the command's arguments, and the settings read from them |
//! | [`preview`] | what is imported, before the import starts |
//! | [`read`] | the input file and its rows, as upsert items |
//! | [`send`] | batches of rows, sent concurrently, with retries |
//! | [`report`] | counts, progress, summary and the file of rejected rows |

mod arguments;
mod preview;
mod read;
mod report;
mod send;
mod settings;

use std::{process::ExitCode, sync::Arc, time::Instant};

pub(crate) use arguments::ImportArgs;

use crate::{
    connection::TargetArgs,
    error::CliError,
    output::{OutputFormat, print},
};
use read::InputFile;
use report::{Progress, RejectedFile, RejectedPath, Summary, Tally};
use send::{ApiClient, send_rows};
use settings::ImportSettings;

/// Exit code of an import that finished with rejected rows.
const SOME_REJECTED: u8 = 3;

/// Runs `contacts import`.
pub(crate) async fn run(
    target: &TargetArgs,
    output: OutputFormat,
    args: &ImportArgs,
) -> Result<ExitCode, CliError> {
    if args.template {
        print(preview::TEMPLATE)?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = ImportSettings::new(target, args)?;
    let rejected_path = RejectedPath::new(args.rejected.as_deref(), args.file()?)?;
    let mut input = InputFile::open(args, &settings.api.tenant)?;
    let client = ApiClient::new(&settings.api)?;
    preview::show(&mut input);

    let started = Instant::now();
    let rejected_file = RejectedFile::new(rejected_path, input.rejected_format.clone());
    let tally = Arc::new(Tally::new(rejected_file, Progress::new(input.size), args.dry_run));
    let result = send_rows(args, &settings, client, input, &tally).await;
    let (counts, rejected_file, written) = tally.finish();
    Summary::new(args.dry_run, counts, rejected_file, started.elapsed()).print(output);
    result.and(written)?;
    Ok(if counts.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REJECTED) })
}
