//! What became of the rows: counted, shown, and written to the file of rejected rows where they were
//! rejected.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{call::SealedCall, progress::Progress, rejected::RejectedFile, service::RowResult};
use crate::failure::Failure;

/// How many rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) read: u64,
    pub(super) last_line: u64,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) rejected: u64,
}

impl Counts {
    /// Those that became of something.
    pub(super) fn settled(&self) -> u64 {
        self.created + self.updated + self.rejected
    }
}

/// Keeps count.
pub(super) struct Tally {
    state: Mutex<State>,
    progress: Progress,
}

struct State {
    counts: Counts,
    rejected: RejectedFile,
}

impl Tally {
    pub(super) fn new(rejected: RejectedFile, progress: Progress) -> Self {
        Self { state: Mutex::new(State { counts: Counts::default(), rejected }), progress }
    }

    /// Notes that a row was read.
    pub(super) fn row_read(&self, line: u64) {
        let counts = &mut self.state().counts;
        counts.read += 1;
        counts.last_line = line;
    }

    /// Notes what became of the rows of a call.
    pub(super) fn settle(&self, call: &SealedCall, results: &[RowResult]) -> Result<(), Failure> {
        let mut state = self.state();
        for ((line, original), result) in call.rows().zip(results) {
            match result {
                RowResult::Created => state.counts.created += 1,
                RowResult::Updated => state.counts.updated += 1,
                RowResult::Rejected(because) => state.reject(line, because, original)?,
            }
        }
        state.flush()?;
        self.progress.advance(call.file_bytes, &state.counts);
        Ok(())
    }

    /// Notes that all rows of a call were rejected.
    pub(super) fn reject_call(&self, call: &SealedCall, because: &str) -> Result<(), Failure> {
        let results = vec![RowResult::Rejected(because.to_owned()); call.len()];
        self.settle(call, &results)
    }

    /// Notes that a row was rejected without having been sent.
    pub(super) fn reject(&self, line: u64, because: &str, original: &str) -> Result<(), Failure> {
        let mut state = self.state();
        state.reject(line, because, original)?;
        state.flush()
    }

    /// Shows that a call has to wait.
    pub(super) fn waiting(&self, why: &str, wait: Duration) {
        self.progress.waiting(why, wait);
    }

    /// Ends the showing: how many rows, and where the rejected ones are.
    pub(super) fn finish(&self) -> (Counts, Option<PathBuf>) {
        self.progress.finish();
        let state = self.state();
        (state.counts, state.rejected.path().map(PathBuf::from))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn reject(&mut self, line: u64, because: &str, original: &str) -> Result<(), Failure> {
        self.rejected.write(line, because, original).map_err(|error| unwritable(&error))?;
        self.counts.rejected += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.rejected.flush().map_err(|error| unwritable(&error))
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::Other(format!(
        "the file of rejected rows can't be written ({error}). --rejected names another; run the import again \
         with it, and it has them all: what is stored already is not stored twice"
    ))
}
