//! What an event cost at the table.

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
    /// Times that work was put off because it was throttled, left unprocessed or lost.
    pub retries: u32,
    /// Why work was last put off.
    pub last_retry: Option<String>,
    /// Read request units that DynamoDB charged (one strongly consistent read of 4 KB each).
    pub read_units: f64,
    /// Write request units that DynamoDB charged (one write of 1 KB each; twice that in a transaction).
    pub write_units: f64,
}
