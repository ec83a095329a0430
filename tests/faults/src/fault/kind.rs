//! The faults, and how often each is drawn.

use crate::{rng::SeededRng, store_call::StoreOperation};

/// A fault of one call to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// DynamoDB refuses the call because of throttling.
    Throttled,
    /// DynamoDB fails with a 500 and does nothing.
    InternalError,
    /// A transaction conflicts with another.
    Conflict,
    /// The call is done, and DynamoDB answers with a 500.
    InternalErrorAfterwards,
    /// The connection is cut before the call reaches DynamoDB.
    CutBefore,
    /// The call is done, and the connection is cut before the answer.
    CutAfter,
    /// The call is done, and the connection is cut in the middle of the answer.
    CutWithin,
    /// Some statements or keys are left undone, as the answer says.
    PartLeft,
    /// All statements are done, and the answer says that some failed.
    PartDenied,
    /// The call is done, and the answer is delayed.
    Slow,
    /// The function is killed before the call reaches DynamoDB.
    KilledBefore,
    /// The call is done, and the function is killed.
    KilledAfter,
    /// The function is killed, and the call is done later.
    KilledWhileUnderWay,
    /// The function gets no answer while it waits for one, and the call is done later.
    Stalled,
}

/// The faults of every operation, repeated by how often they are drawn.
const COMMON: [Fault; 13] = [
    Fault::Throttled,
    Fault::Throttled,
    Fault::InternalError,
    Fault::InternalErrorAfterwards,
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::CutWithin,
    Fault::Slow,
    Fault::Slow,
    Fault::Slow,
    Fault::KilledBefore,
    Fault::KilledAfter,
    Fault::KilledWhileUnderWay,
];

impl Fault {
    /// Draws a fault that the operation can suffer.
    pub(crate) fn draw(rng: &mut SeededRng, operation: StoreOperation) -> Self {
        let specific: &[Self] = match operation {
            StoreOperation::BatchGetItem => &[Self::PartLeft],
            StoreOperation::Query => &[Self::Throttled],
            StoreOperation::BatchExecuteStatement => &[Self::PartLeft, Self::PartDenied],
            StoreOperation::TransactWriteItems => &[Self::Conflict],
        };
        if rng.chance(25) { rng.pick(specific) } else { rng.pick(&COMMON) }
    }
}
