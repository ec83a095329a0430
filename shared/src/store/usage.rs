//! What an event cost at the table.

use std::ops::AddAssign;

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// The request units that DynamoDB charged for a call.
pub(super) fn charged(tables: &[ConsumedCapacity]) -> f64 {
    tables.iter().filter_map(|table| table.capacity_units).sum()
}

/// Counts of one event's work at the table. Units are those in the responses: a cancelled transaction reports
/// none, and those of a lost response are missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// Calls made, those that failed included.
    pub round_trips: u32,
    /// Calls that failed as a whole.
    pub failed_calls: u32,
    /// Times that work was put off because it was throttled, left unprocessed, lost, or overtaken by
    /// another caller's.
    pub retries: u32,
    /// Calls, statements, keys and writes of a transaction that DynamoDB throttled.
    pub throttles: u32,
    /// Why work was last put off.
    pub last_retry: Option<String>,
    /// Read request units that DynamoDB reported (one strongly consistent read of 4 KB each).
    pub read_units: f64,
    /// Write request units that DynamoDB reported (one write of 1 KB each; twice that in a transaction).
    pub write_units: f64,
}

impl Usage {
    /// Adds the units of a transaction that succeeded. If it took effect before, under the same client token,
    /// the replay consumes read units instead of write units (`TransactWriteItems`, API reference,
    /// `ClientRequestToken`). Only the response tells which: the first try may have been lost before or after
    /// it took effect.
    pub(super) fn add_transaction(&mut self, tables: &[ConsumedCapacity]) {
        let read_units: f64 = tables.iter().filter_map(|table| table.read_capacity_units).sum();
        self.read_units += read_units;
        self.write_units += charged(tables) - read_units;
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.round_trips += other.round_trips;
        self.failed_calls += other.failed_calls;
        self.retries += other.retries;
        self.throttles += other.throttles;
        self.last_retry = other.last_retry.or(self.last_retry.take());
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }
}
