//! What an operation consumed at the table.

use std::ops::AddAssign;

/// Counts of one operation's work at the table. Units are those in the responses: a cancelled transaction reports none,
/// and those of a lost response are missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// Calls made, including failed ones.
    pub round_trips: u32,
    /// Calls that failed as a whole.
    pub failed_calls: u32,
    /// Retries, after a throttled, unprocessed or lost call, or after a lost race with another caller.
    pub retries: u32,
    /// Calls, statements, keys and writes of a transaction that DynamoDB throttled.
    pub throttles: u32,
    /// Reason of the last retry.
    pub last_retry: Option<String>,
    /// Read request units that DynamoDB reported (one strongly consistent read of 4 KB each).
    pub read_units: f64,
    /// Write request units that DynamoDB reported (one write of 1 KB each; twice that in a transaction).
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
