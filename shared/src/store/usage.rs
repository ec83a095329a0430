//! What an event cost at the table.

use std::ops::AddAssign;

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// The request units that DynamoDB charged for a call.
pub(super) fn charged(tables: &[ConsumedCapacity]) -> f64 {
    tables.iter().filter_map(|table| table.capacity_units).sum()
}

/// Counts of one event's work at the table.
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
    /// Read request units that DynamoDB charged (one strongly consistent read of 4 KB each).
    pub read_units: f64,
    /// Write request units that DynamoDB charged (one write of 1 KB each; twice that in a transaction).
    pub write_units: f64,
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
