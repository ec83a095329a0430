//! Lists of 1 to 10,000 contacts at the table: the use cases next to the other ways to write the same.

mod report;
mod round;

use contacts::store::Store;

use crate::{Failure, cost::Cost, findings::Findings, processor_time::Process};
use round::Course;

/// How long the lists are, and how many rounds count. Small lists vary more, and take less time.
const SIZES: [(u32, u32); 5] = [(1, 60), (10, 40), (100, 25), (1_000, 11), (10_000, 7)];

/// A way to write a list of contacts, or to delete it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Create,
    Repeat,
    Change,
    Delete,
    BatchWrite,
    TransactWrite,
    UpdateEach,
}

impl Way {
    /// All of them, in the order of a round: what a way needs, the one before has left.
    const ALL: [Self; 7] = [
        Self::Create,
        Self::Repeat,
        Self::Change,
        Self::Delete,
        Self::BatchWrite,
        Self::TransactWrite,
        Self::UpdateEach,
    ];

    /// What it is called in tables and plots.
    fn name(self) -> &'static str {
        match self {
            Self::Create => "upsert, all created",
            Self::Repeat => "upsert, the same again",
            Self::Change => "upsert, one field changed in each",
            Self::Delete => "delete",
            Self::BatchWrite => "`BatchWriteItem`, no conditions",
            Self::TransactWrite => "`TransactWriteItems`, 100 a call",
            Self::UpdateEach => "`UpdateItem` a contact",
        }
    }
}

/// What the rounds with lists of one size cost: for each round, each way's cost in the order of [`Way::ALL`].
struct Measured {
    size: u32,
    rounds: Vec<Vec<Cost>>,
}

impl Measured {
    /// What a way cost, round by round.
    fn costs(&self, way: Way) -> impl Iterator<Item = &Cost> {
        self.rounds.iter().filter_map(move |costs| {
            Way::ALL.iter().position(|one| *one == way).and_then(|position| costs.get(position))
        })
    }
}

/// Measures the ways in turn, round after round, and reports.
pub(crate) async fn section(store: &Store, server: Process) -> Result<Findings, Failure> {
    let mut measured = Vec::new();
    for (size, rounds) in SIZES {
        let course = Course::new(store, server, size)?;
        let mut done = Vec::new();
        // One more goes before them, so that connections are open and code is in memory.
        for number in 0..=rounds {
            let costs = course.round(number).await?;
            if number > 0 {
                done.push(costs);
            }
        }
        measured.push(Measured { size, rounds: done });
    }
    report::report(&measured)
}
