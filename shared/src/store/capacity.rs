//! Request units and throttles that DynamoDB reports, added to an operation's usage.

use aws_sdk_dynamodb::types::ConsumedCapacity;

use crate::context::OperationContext;

/// The request units of a call.
pub(super) fn consumed_units(tables: &[ConsumedCapacity]) -> f64 {
    tables.iter().filter_map(|table| table.capacity_units).sum()
}

/// Counts the units of a transaction that succeeded. If it took effect before, under the same client token, the replay
/// consumes read units instead of write units (`TransactWriteItems`, API reference, `ClientRequestToken`). Only the
/// response shows which: the first try may have been lost before or after it took effect.
pub(super) fn count_transaction(context: &OperationContext, tables: &[ConsumedCapacity]) {
    let read_units: f64 = tables.iter().filter_map(|table| table.read_capacity_units).sum();
    context.count(|usage| {
        usage.read_units += read_units;
        usage.write_units += consumed_units(tables) - read_units;
    });
}

/// Counts parts of a call that DynamoDB throttled while the call as a whole succeeded.
pub(super) fn count_throttles(context: &OperationContext, number: usize) {
    let number = u32::try_from(number).expect("a call has at most 100 parts");
    context.count(|usage| usage.throttles += number);
}
