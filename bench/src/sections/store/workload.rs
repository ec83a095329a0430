//! The workloads, and the measurements of them.

use super::cost::Cost;

/// What is done with a list of contacts, and by which calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Workload {
    Create,
    Repeat,
    Change,
    Delete,
    CreateWithKey,
    RepeatWithKey,
    DeleteWithKey,
    RepeatDeleteWithKey,
    BatchWrite,
    TransactWrite,
    UpdateEach,
}

impl Workload {
    /// Every workload in the order of a round: `Repeat`, `Change`, `Delete` and all those with a key after the first need
    /// what the workload before them leaves.
    pub(super) const ALL: [Self; 11] = [
        Self::Create,
        Self::Repeat,
        Self::Change,
        Self::Delete,
        Self::CreateWithKey,
        Self::RepeatWithKey,
        Self::DeleteWithKey,
        Self::RepeatDeleteWithKey,
        Self::BatchWrite,
        Self::TransactWrite,
        Self::UpdateEach,
    ];

    /// The label in tables and plots.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Create => "upsert, all created",
            Self::Repeat => "upsert, the same again",
            Self::Change => "upsert, one field changed in each",
            Self::Delete => "delete",
            Self::CreateWithKey => "upsert with a key, all created",
            Self::RepeatWithKey => "upsert with a key, sent again",
            Self::DeleteWithKey => "delete with a key",
            Self::RepeatDeleteWithKey => "delete with a key, sent again",
            Self::BatchWrite => "`BatchWriteItem`, no conditions",
            Self::TransactWrite => "`TransactWriteItems`, 100 a call",
            Self::UpdateEach => "`UpdateItem` a contact",
        }
    }
}

/// The cost of every workload in one round, in the order of [`Workload::ALL`].
pub(super) type RoundCosts = [Cost; Workload::ALL.len()];

/// The rounds with lists of one length.
pub(super) struct Measurements {
    pub(super) list_len: u32,
    pub(super) rounds: Vec<RoundCosts>,
}

impl Measurements {
    /// Returns the cost of a workload in each round.
    pub(super) fn costs(&self, workload: Workload) -> impl Iterator<Item = &Cost> {
        // `ALL` is in the order of declaration.
        self.rounds.iter().map(move |costs| &costs[workload as usize])
    }
}
