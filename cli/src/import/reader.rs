//! Reads the file on a thread of its own and puts its rows into calls, as fast as the lanes take them:
//! each lane has one call under way and one being filled, so that memory stays the same however long the
//! file is.

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
pub(super) struct Work {
    /// The call to make.
    pub(super) call: SealedCall,
    /// Where to return it once it is through.
    pub(super) done: mpsc::Sender<SealedCall>,
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
        let lanes: Vec<_> = lanes
            .into_iter()
            .map(|way| Filling { way, call: Call::new(&prefix), last: None, spare: None })
            .collect();
        let placing = Lanes::new(lanes.len());
        let mut reader = Reader { input, prefix, max_rows, lanes, placing, tally, bytes_before: 0 };
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

/// A lane, as the reader sees it.
struct Filling {
    way: lane::Sender<Work>,
    /// Its next call.
    call: Call,
    /// Where the last call that it was given comes back.
    last: Option<mpsc::Receiver<SealedCall>>,
    /// A call that is through, to be used again.
    spare: Option<SealedCall>,
}

impl Filling {
    /// Waits until nothing is under way.
    fn wait(&mut self) {
        if let Some(last) = self.last.take() {
            // A lane that stopped returns nothing, and takes nothing any more.
            self.spare = last.recv().ok();
        }
    }

    /// Gives the lane the call that was being filled.
    fn send(&mut self, prefix: &Arc<str>) -> Result<(), Ended> {
        let next = self.spare.take().map_or_else(|| Call::new(prefix), SealedCall::recycle);
        let call = std::mem::replace(&mut self.call, next).seal();
        let (done, last) = mpsc::channel();
        self.last = Some(last);
        let work = Work { call, done };
        self.way.blocking_send(work).map_err(|_| Ended::Stopped)
    }
}

struct Reader {
    input: Input,
    prefix: Arc<str>,
    max_rows: usize,
    lanes: Vec<Filling>,
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
        let lane = &mut self.lanes[lane];
        if !lane.call.has_room(&item.json, self.max_rows) {
            lane.wait();
            lane.send(&self.prefix)?;
        }
        let bytes = self.input.bytes_read.load(Ordering::Relaxed);
        lane.call.add_file_bytes(bytes - self.bytes_before);
        self.bytes_before = bytes;
        lane.call.push(row.line, &item.json, row.original.as_deref());
        Ok(())
    }

    fn send_all(&mut self) -> Result<(), Ended> {
        self.lanes
            .iter_mut()
            .filter(|lane| !lane.call.is_empty())
            .try_for_each(|lane| lane.send(&self.prefix))
    }

    fn wait_for_all(&mut self) -> Result<(), Ended> {
        self.send_all()?;
        self.lanes.iter_mut().for_each(Filling::wait);
        Ok(())
    }
}
