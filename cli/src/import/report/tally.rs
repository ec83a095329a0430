//! Records the outcomes of rows.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use super::{
    progress::Progress,
    rejected_file::RejectedFile,
    row_counts::{RowCounts, RowOutcome},
};
use crate::error::CliError;

/// Counts the outcomes of rows, shows the progress, and writes the rejected rows to their file.
pub(crate) struct Tally {
    state: Mutex<State>,
    progress: Progress,
}

struct State {
    counts: RowCounts,
    rejected: RejectedFile,
}

impl Tally {
    pub(crate) fn new(rejected: RejectedFile, progress: Progress) -> Self {
        Self { state: Mutex::new(State { counts: RowCounts::default(), rejected }), progress }
    }

    /// Records that a row was read.
    pub(crate) fn row_read(&self) {
        self.state().counts.read += 1;
    }

    /// Records the outcomes of the rows of a batch, each given by its line and original text, and how many
    /// bytes of the file they took.
    pub(crate) fn record_batch<'r>(
        &self,
        rows: impl ExactSizeIterator<Item = (u64, &'r str)>,
        outcomes: &[RowOutcome],
        file_bytes: u64,
    ) -> Result<(), CliError> {
        assert_eq!(rows.len(), outcomes.len(), "the API client checks that there is one outcome per row");
        let mut state = self.state();
        for ((line, original), outcome) in rows.zip(outcomes) {
            match outcome {
                RowOutcome::Created => state.counts.created += 1,
                RowOutcome::Updated => state.counts.updated += 1,
                RowOutcome::Rejected(reason) => state.reject(line, reason, original)?,
            }
        }
        state.flush()?;
        self.progress.advance(file_bytes, &state.counts);
        Ok(())
    }

    /// Records that a row was rejected without having been sent.
    pub(crate) fn record_invalid(&self, line: u64, reason: &str, original: &str) -> Result<(), CliError> {
        let mut state = self.state();
        state.reject(line, reason, original)?;
        state.flush()
    }

    /// Shows that a request is retried after a delay.
    pub(crate) fn retrying(&self, reason: &str, delay: Duration) {
        self.progress.retrying(reason, delay);
    }

    /// Ends the progress. Returns the counts, and the path of the rejected rows if there are any.
    pub(crate) fn finish(&self) -> (RowCounts, Option<PathBuf>) {
        self.progress.finish();
        let state = self.state();
        (state.counts, state.rejected.path().map(PathBuf::from))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it records an outcome")
    }
}

impl State {
    fn reject(&mut self, line: u64, reason: &str, original: &str) -> Result<(), CliError> {
        self.rejected.write(line, reason, original).map_err(write_error)?;
        self.counts.rejected += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), CliError> {
        self.rejected.flush().map_err(write_error)
    }
}

fn write_error(error: io::Error) -> CliError {
    CliError::other("the file of rejected rows can't be written").caused_by(error).advice(
        "Name another file with --rejected and import the whole file again: that creates no duplicates, and \
         the new file gets all rejected rows",
    )
}
