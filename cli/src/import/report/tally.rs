//! Records the outcomes of rows.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use super::{
    created_ids::CreatedIds,
    progress::Progress,
    rejected_file::RejectedFile,
    row_counts::{RowCounts, RowOutcome},
    row_order::RowOrder,
};
use crate::error::CliError;

/// After how many rejected rows the progress is updated while no batch is sent.
const INVALID_ROWS_PER_UPDATE: u64 = 1_000;

/// A row, to record its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TalliedRow<'r> {
    /// Position in the file, from 1.
    pub(crate) number: u64,
    /// Number of the line that it begins on, from 1.
    pub(crate) line: u64,
    /// Its text, for the file of rejected rows.
    pub(crate) original: &'r str,
}

/// Counts the outcomes of rows, shows the progress, and writes the rejected rows to their file, in the order
/// of the input.
pub(crate) struct Tally {
    state: Mutex<State>,
    progress: Progress,
}

struct State {
    counts: RowCounts,
    /// Rejected rows that wait for the outcomes of earlier rows.
    order: RowOrder<String>,
    rejected: RejectedFile,
    /// Of a dry run: the contacts that it would have created.
    dry_run: Option<CreatedIds>,
}

impl Tally {
    pub(crate) fn new(rejected: RejectedFile, progress: Progress, is_dry_run: bool) -> Self {
        let dry_run = is_dry_run.then(CreatedIds::default);
        let (counts, order) = (RowCounts::default(), RowOrder::default());
        Self { state: Mutex::new(State { counts, order, rejected, dry_run }), progress }
    }

    /// Records that a row was read, and returns its number.
    pub(crate) fn row_read(&self) -> u64 {
        let mut state = self.state();
        state.counts.read += 1;
        state.counts.read
    }

    /// Records that a batch begins with the row of this number.
    pub(crate) fn batch_started(&self, first: u64) {
        self.state().order.open(first);
    }

    /// Records that no more outcomes of a batch will come.
    pub(crate) fn batch_ended(&self, first: u64) -> Result<(), CliError> {
        let mut state = self.state();
        state.order.close(first);
        state.write_ready()
    }

    /// Records the outcomes of rows of a batch, and how many bytes of the file they took.
    pub(crate) fn record_batch<'r>(
        &self,
        rows: impl ExactSizeIterator<Item = TalliedRow<'r>>,
        outcomes: &[RowOutcome],
        file_bytes: u64,
    ) {
        assert_eq!(rows.len(), outcomes.len(), "the API client checks that there is one outcome per row");
        let mut state = self.state();
        for (row, outcome) in rows.zip(outcomes) {
            match outcome {
                RowOutcome::Created(id) if state.is_new(*id) => state.counts.created += 1,
                RowOutcome::Created(_) | RowOutcome::Updated => state.counts.updated += 1,
                RowOutcome::Rejected(reason) => state.reject(row, reason),
            }
        }
        self.progress.advance(file_bytes, &state.counts);
    }

    /// Records that rows were sent without an answer.
    pub(crate) fn record_unknown(&self, rows: usize) {
        self.state().counts.unknown += rows as u64;
    }

    /// Records that a row was rejected without having been sent. Returns how many rejected rows wait in memory
    /// for the outcomes of earlier rows.
    pub(crate) fn record_invalid(&self, row: TalliedRow<'_>, reason: &str) -> Result<usize, CliError> {
        let mut state = self.state();
        state.reject(row, reason);
        if state.counts.rejected.is_multiple_of(INVALID_ROWS_PER_UPDATE) {
            self.progress.advance(0, &state.counts);
        }
        state.write_ready()?;
        Ok(state.order.waiting())
    }

    /// Shows that a request is retried after a delay.
    pub(crate) fn retrying(&self, reason: &str, delay: Duration) {
        self.progress.retrying(reason, delay);
    }

    /// Ends the progress, and writes the rejected rows that still wait. Returns the counts, and the path of
    /// the rejected rows if there are any.
    pub(crate) fn finish(&self) -> (RowCounts, Option<PathBuf>, Result<(), CliError>) {
        self.progress.finish();
        let mut state = self.state();
        let written = state.write_rows(RowOrder::next_of_all);
        (state.counts, state.rejected.path().map(PathBuf::from), written)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it records an outcome")
    }
}

impl State {
    /// Whether a created contact is not one that an earlier row of a dry run would have created.
    fn is_new(&mut self, contact_id: u64) -> bool {
        self.dry_run.as_mut().is_none_or(|created| created.insert(contact_id))
    }

    fn reject(&mut self, row: TalliedRow<'_>, reason: &str) {
        self.order.add(row.number, self.rejected.format(row.line, reason, row.original));
        self.counts.rejected += 1;
    }

    /// Writes the rejected rows that no earlier row can precede any more.
    fn write_ready(&mut self) -> Result<(), CliError> {
        self.write_rows(RowOrder::next)
    }

    /// Writes the rejected rows that `next` takes.
    fn write_rows(&mut self, next: fn(&mut RowOrder<String>) -> Option<String>) -> Result<(), CliError> {
        while let Some(row) = next(&mut self.order) {
            self.rejected.write(&row).map_err(write_error)?;
        }
        self.rejected.flush().map_err(write_error)
    }
}

fn write_error(error: io::Error) -> CliError {
    CliError::other("the file of rejected rows can't be written").caused_by(error).advice(
        "Name another file with --rejected and import the whole file again: that creates no duplicates, and \
         the new file gets all rejected rows",
    )
}
