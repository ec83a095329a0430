//! The dispatcher: reads the rows of the file on a thread of its own and gives them to the workers in
//! batches. Each worker has at most one batch in flight, one waiting and one being filled, so the memory does
//! not grow with the file.

use std::{
    mem,
    sync::{Arc, mpsc as std_mpsc},
    thread,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    assignment::WorkerAssigner,
    batch::{Batch, BatchBuilder},
    worker::BatchJob,
};
use crate::{
    error::CliError,
    import::{
        read::{AccountKeys, InputFile, Row, RowContent},
        report::{TalliedRow, Tally},
    },
};

/// How many batches' rows may be read while a batch is being filled, for each worker. A batch that is still
/// not full is sent then, so that outcomes of early rows are known early.
const MAX_BATCHES_BEHIND: u64 = 4;

/// Reads the rows of the file and gives them to the workers in batches.
pub(super) struct Dispatcher {
    input: InputFile,
    tally: Arc<Tally>,
    /// The start of each request body.
    body_prefix: Arc<str>,
    /// The maximum number of rows per batch.
    max_rows: usize,
    assigner: WorkerAssigner,
    workers: Vec<WorkerQueue>,
    /// How many bytes of the file were read for the rows so far.
    file_bytes: u64,
}

/// Why the dispatcher ended before the file.
enum DispatchError {
    Failed(CliError),
    /// The workers have stopped, because the shutdown was requested.
    WorkersStopped,
}

impl From<CliError> for DispatchError {
    fn from(error: CliError) -> Self {
        Self::Failed(error)
    }
}

impl Dispatcher {
    pub(super) fn new(
        input: InputFile,
        tally: Arc<Tally>,
        body_prefix: Arc<str>,
        max_rows: usize,
        default_account: AccountKeys,
        workers: Vec<mpsc::Sender<BatchJob>>,
    ) -> Self {
        let assigner = WorkerAssigner::new(workers.len(), default_account);
        let queue = |sender| WorkerQueue {
            sender,
            batch: BatchBuilder::new(&body_prefix),
            last_sent: None,
            recycled: None,
        };
        let workers = workers.into_iter().map(queue).collect();
        Self { input, tally, body_prefix, max_rows, assigner, workers, file_bytes: 0 }
    }

    /// Starts the thread. Returns a receiver of its result, which is sent once all rows have been given to
    /// the workers.
    pub(super) fn spawn(mut self) -> oneshot::Receiver<Result<(), CliError>> {
        let (sender, receiver) = oneshot::channel();
        // Not a task of the runtime, which would wait for a blocking read of standard input when it ends.
        thread::spawn(move || {
            let result = match self.run() {
                Ok(()) | Err(DispatchError::WorkersStopped) => Ok(()),
                Err(DispatchError::Failed(error)) => Err(error),
            };
            // Fails if the import was stopped; then its reason is reported instead of this result.
            let _ = sender.send(result);
        });
        receiver
    }

    fn run(&mut self) -> Result<(), DispatchError> {
        let result = self.dispatch_rows();
        // Rows that were read before an error are sent.
        if !matches!(result, Err(DispatchError::WorkersStopped)) {
            self.send_all()?;
        }
        result
    }

    fn dispatch_rows(&mut self) -> Result<(), DispatchError> {
        while let Some(row) = self.input.next_row()? {
            let number = self.tally.row_read();
            self.dispatch(number, row)?;
            self.send_late_batches(number)?;
        }
        Ok(())
    }

    fn dispatch(&mut self, number: u64, Row { line, content }: Row) -> Result<(), DispatchError> {
        let (json, keys, original) = match content {
            RowContent::Item { json, keys, original } => (json, keys, original),
            RowContent::Invalid { reason, original } => {
                let row = TalliedRow { number, line, original: &original };
                if self.tally.record_invalid(row, &reason)? > self.max_rows * self.workers.len() {
                    // The rejected rows in memory wait for the batches in flight.
                    self.send_all_and_wait()?;
                }
                return Ok(());
            }
        };
        let assignment = self.assigner.assign(keys);
        if assignment.waits {
            self.send_all_and_wait()?;
        }
        let worker = &mut self.workers[assignment.worker];
        if !worker.batch.has_room(&json, self.max_rows) {
            worker.wait();
            worker.send(&self.body_prefix)?;
        }
        if worker.batch.is_empty() {
            self.tally.batch_started(number);
        }
        let bytes_read = self.input.bytes_read.get();
        worker.batch.add_file_bytes(bytes_read - self.file_bytes);
        self.file_bytes = bytes_read;
        worker.batch.push(number, line, &json, original.as_deref());
        Ok(())
    }

    /// Sends batches that have been filled for long.
    fn send_late_batches(&mut self, number: u64) -> Result<(), DispatchError> {
        let rows = (self.max_rows * self.workers.len()) as u64;
        let (late, body_prefix) = (number.saturating_sub(MAX_BATCHES_BEHIND * rows), &self.body_prefix);
        let mut workers = self.workers.iter_mut();
        workers.try_for_each(|worker| match worker.batch.first_number() {
            Some(first) if first < late => worker.send(body_prefix),
            Some(_) | None => Ok(()),
        })
    }

    /// Sends all rows that were read so far.
    fn send_all_and_wait(&mut self) -> Result<(), DispatchError> {
        self.send_all()?;
        self.workers.iter_mut().for_each(WorkerQueue::wait);
        Ok(())
    }

    /// Gives all workers their unfinished batches.
    fn send_all(&mut self) -> Result<(), DispatchError> {
        self.workers
            .iter_mut()
            .filter(|worker| !worker.batch.is_empty())
            .try_for_each(|worker| worker.send(&self.body_prefix))
    }
}

/// The batches of one worker.
struct WorkerQueue {
    sender: mpsc::Sender<BatchJob>,
    /// The next batch, which is being filled.
    batch: BatchBuilder,
    /// Where the worker returns the batch that it was given last.
    last_sent: Option<std_mpsc::Receiver<Batch>>,
    /// A returned batch, whose memory is reused.
    recycled: Option<Batch>,
}

impl WorkerQueue {
    /// Waits until the worker has sent its last batch.
    fn wait(&mut self) {
        if let Some(last_sent) = self.last_sent.take() {
            // A worker that was stopped returns no batch.
            self.recycled = last_sent.recv().ok();
        }
    }

    /// Gives the worker the batch that is being filled.
    fn send(&mut self, body_prefix: &Arc<str>) -> Result<(), DispatchError> {
        let next = match self.recycled.take() {
            Some(batch) => batch.recycle(),
            None => BatchBuilder::new(body_prefix),
        };
        let batch = mem::replace(&mut self.batch, next).build();
        let (return_to, last_sent) = std_mpsc::channel();
        self.last_sent = Some(last_sent);
        self.sender.blocking_send(BatchJob { batch, return_to }).map_err(|_| DispatchError::WorkersStopped)
    }
}
