//! The section `service`: the running functions over HTTP, next to the same job in other languages. It
//! measures the latency of lists of 1 to 10,000 contacts, and the throughput of many concurrent callers.

mod client;
mod gateway;
mod latency;
mod throughput;

use contacts_core::store::Store;

use crate::{error::Result, report::results::Results};

/// Measures latency, then throughput.
pub(crate) async fn measure(store: &Store) -> Result<Results> {
    let mut results = latency::measure(store).await?;
    results.extend(throughput::measure(store).await?);
    Ok(results)
}
