//! Reads the file on a thread of its own and puts its rows into calls, as fast as the lanes take them:
//! each lane has one call under way, one waiting and one being filled, so that memory stays the same
//! however long the file is.

use std::{
    sync::{Arc, atomic::Ordering, mpsc},
    thread,
};

use tokio::sync::{mpsc as lane, oneshot};

use super::{
    call::{Call, SealedCall},
    input::Input,
    lanes::{Lanes, Placement},
    row::{InputError, Row},
    tally::Tally,
};
use crate::failure::Failure;

/// What a lane has to do next.
pub(super) enum Work {
    /// A call to make.
    Call(SealedCall),
    /// To say, by dropping this, that all calls before are through.
    Wait(#[expect(dead_code, reason = "only dropping it matters")] mpsc::Sender<()>),
}

/// Why the reader ended before the file did.
enum Ended {
    /// The file can't be read further.
    Input(InputError),
    /// Something that the import can't go on without failed.
    Failed(Failure),
    /// The lanes have stopped, and whoever stopped them knows why.
    Stopped,
}

impl From<InputError> for Ended {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

/// Starts reading. The result comes once all rows are handed to the lanes.
pub(super) fn start(
    input: Input,
    prefix: Arc<str>,
    max_rows: usize,
    lanes: Vec<lane::Sender<Work>>,
    tally: Arc<Tally>,
) -> oneshot::Receiver<Result<(), Failure>> {
    let (done, result) = oneshot::channel();
    thread::spawn(move || {
        let calls = lanes.iter().map(|_| Call::new(&prefix)).collect();
        let placing = Lanes::new(lanes.len());
        let mut reader = Reader { input, prefix, max_rows, lanes, calls, placing, tally, bytes_before: 0 };
        let result = match reader.read() {
            Ok(()) | Err(Ended::Stopped) => Ok(()),
            Err(Ended::Input(error)) => Err(error.into()),
            Err(Ended::Failed(failure)) => Err(failure),
        };
        // Nobody listens any more if the import was interrupted.
        let _ = done.send(result);
    });
    result
}

struct Reader {
    input: Input,
    prefix: Arc<str>,
    max_rows: usize,
    lanes: Vec<lane::Sender<Work>>,
    /// A lane's next call.
    calls: Vec<Call>,
    placing: Lanes,
    tally: Arc<Tally>,
    bytes_before: u64,
}

impl Reader {
    fn read(&mut self) -> Result<(), Ended> {
        let result = self.read_rows();
        // What was read before an error is sent as if the file ended there.
        if !matches!(result, Err(Ended::Stopped)) {
            self.send_all()?;
        }
        result
    }

    fn read_rows(&mut self) -> Result<(), Ended> {
        while let Some(row) = self.input.next_row()? {
            self.tally.row_read(row.line);
            self.take(row)?;
        }
        Ok(())
    }

    fn take(&mut self, row: Row) -> Result<(), Ended> {
        let item = match row.item {
            Ok(item) => item,
            Err(because) => {
                let original = row.original.unwrap_or_default();
                return self.tally.reject(row.line, &because, &original).map_err(Ended::Failed);
            }
        };
        let lane = match self.placing.place(item.identity) {
            Placement::Lane(lane) => lane,
            Placement::FirstOfOneLane => {
                self.wait_for_all()?;
                0
            }
        };
        if !self.calls[lane].has_room(&item.json, self.max_rows) {
            self.send(lane)?;
        }
        let bytes = self.input.bytes_read.load(Ordering::Relaxed);
        self.calls[lane].add_file_bytes(bytes - self.bytes_before);
        self.bytes_before = bytes;
        self.calls[lane].push(row.line, &item.json, row.original.as_deref());
        Ok(())
    }

    fn send(&mut self, lane: usize) -> Result<(), Ended> {
        let call = std::mem::replace(&mut self.calls[lane], Call::new(&self.prefix));
        self.hand(lane, Work::Call(call.seal()))
    }

    fn send_all(&mut self) -> Result<(), Ended> {
        for lane in 0..self.lanes.len() {
            if !self.calls[lane].is_empty() {
                self.send(lane)?;
            }
        }
        Ok(())
    }

    fn wait_for_all(&mut self) -> Result<(), Ended> {
        self.send_all()?;
        let (waited_for, all) = mpsc::channel();
        for lane in 0..self.lanes.len() {
            self.hand(lane, Work::Wait(waited_for.clone()))?;
        }
        drop(waited_for);
        // Nothing is ever sent; this returns when the last lane has dropped its end.
        let _ = all.recv();
        Ok(())
    }

    fn hand(&self, lane: usize, work: Work) -> Result<(), Ended> {
        self.lanes[lane].blocking_send(work).map_err(|_| Ended::Stopped)
    }
}
