//! The cost of work at the table: time, CPU time on both sides, allocations, bytes, round trips and capacity units.

use std::time::{Duration, Instant};

use contacts_core::context::Usage;

use crate::{
    error::Result,
    harness::{
        allocations::count_allocations,
        process_stats::{Process, own_cpu_time},
        request_bytes::RequestBytes,
    },
};

/// The cost of one run of a workload.
pub(super) struct Cost {
    pub(super) wall: Duration,
    /// The CPU time of this process, which is DynamoDB's client.
    pub(super) client_cpu: Duration,
    /// The allocations of the client.
    pub(super) allocations: f64,
    /// The bytes that the client sent.
    pub(super) sent_bytes: u32,
    /// The CPU time of DynamoDB's process.
    pub(super) server_cpu: Duration,
    /// The calls and capacity units that the workload itself counted.
    pub(super) usage: Usage,
}

/// Runs a workload, which returns its usage, and measures its time and CPU time.
pub(super) async fn measure_cost(
    dynamodb: Process,
    sent: &RequestBytes,
    work: impl Future<Output = Result<Usage>>,
) -> Result<Cost> {
    let (server_before, client_before) = (dynamodb.cpu_time()?, own_cpu_time()?);
    sent.take();
    let started = Instant::now();
    let (usage, allocations) = count_allocations(work).await;
    let wall = started.elapsed();
    let usage = usage?;
    let client_cpu = own_cpu_time()?.saturating_sub(client_before);
    let server_cpu = dynamodb.cpu_time()?.saturating_sub(server_before);
    let allocations = f64::from(u32::try_from(allocations)?);
    Ok(Cost { wall, client_cpu, allocations, sent_bytes: sent.take(), server_cpu, usage })
}
