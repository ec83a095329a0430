//! The section `store`: lists of 1 to 10,000 contacts, written and deleted at the table by the use cases, and
//! written by the other calls that DynamoDB has for it. A round runs every workload once, so that whatever
//! slows a round down slows all workloads.

mod baselines;
mod cost;
mod report;
mod round;
mod workload;

use contacts_core::store::Store;

use crate::{
    error::Result,
    harness::{process_stats::Process, request_bytes::RequestBytes},
    report::results::Results,
};
use round::RoundRunner;
use workload::Measurements;

/// The lengths of the lists, and the number of rounds with each. Short lists vary more and take less time.
const LENGTHS_AND_ROUNDS: [(u32, u32); 5] = [(1, 60), (10, 40), (100, 25), (1_000, 11), (10_000, 7)];

/// Measures the workloads. `dynamodb` is the process that serves the store's table.
pub(crate) async fn measure(store: &Store, dynamodb: Process) -> Result<Results> {
    let sent = RequestBytes::default();
    let store = sent.of(store);
    let mut measurements = Vec::new();
    for (list_len, rounds) in LENGTHS_AND_ROUNDS {
        let runner = RoundRunner::new(&store, &sent, dynamodb, list_len)?;
        // A warm-up round, which is not counted, opens the connections.
        Box::pin(runner.run(0)).await?;
        let mut costs = Vec::new();
        for number in 1..=rounds {
            costs.push(Box::pin(runner.run(number)).await?);
        }
        measurements.push(Measurements { list_len, rounds: costs });
    }
    report::report(&measurements)
}
