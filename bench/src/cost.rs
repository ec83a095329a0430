//! What a piece of work at the table costs: time, CPU on both sides, round trips and units.

use std::time::{Duration, Instant};

use contacts::store::Usage;

use crate::{
    Failure,
    processor_time::{self, Process},
};

/// What a piece of work cost.
#[derive(Clone)]
pub(crate) struct Cost {
    /// How long it took.
    pub(crate) wall: Duration,
    /// The CPU time of this process, which did it.
    pub(crate) client: Duration,
    /// The CPU time of DynamoDB's process.
    pub(crate) server: Duration,
    /// What it counted itself.
    pub(crate) usage: Usage,
}

/// Does a piece of work, which says what it counted, and measures the rest.
pub(crate) async fn measured(
    server: Process,
    work: impl Future<Output = Result<Usage, Failure>>,
) -> Result<Cost, Failure> {
    let (server_before, client_before) = (server.processor_time()?, processor_time::own()?);
    let begun = Instant::now();
    let usage = work.await?;
    let wall = begun.elapsed();
    let client = processor_time::own()?.saturating_sub(client_before);
    Ok(Cost { wall, client, server: server.processor_time()?.saturating_sub(server_before), usage })
}
