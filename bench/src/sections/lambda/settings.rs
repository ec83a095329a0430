//! What the measurements assume of AWS: processor shares, latencies, rates and prices.

use crate::harness::store_stub::{latency::Latency, throttle::Rates};

/// The memory sizes in MB, from the largest.
pub(super) const MEMORY_SIZES_MB: [u32; 5] = [1_769, 1_024, 512, 256, 128];

/// The functions' `MemorySize` in `template.yaml`.
pub(super) const MEMORY_SIZE_MB: u32 = 512;

/// The memory in MB that comes with one processor
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>).
const MB_PER_PROCESSOR: f64 = 1_769.0;

/// Returns the share of one processor that comes with a memory size.
pub(super) fn processor_share(memory_mb: u32) -> f64 {
    f64::from(memory_mb) / MB_PER_PROCESSOR
}

/// The latency of a call to the table. AWS publishes that the average of most operations has a single digit of
/// milliseconds (<https://repost.aws/knowledge-center/dynamodb-high-latency>), and no percentiles: the tail is
/// an assumption.
pub(super) const LATENCY: Latency = Latency { median_ms: 4.0, p99_ms: 12.0 };

/// The limits of a partition
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>), here of
/// each partition key. DynamoDB keeps up to five minutes of unused capacity; a second is enough for any list.
pub(super) const RATES: Rates = Rates { write_units: 1_000.0, read_units: 3_000.0, burst_seconds: 1.0 };

/// The functions' time-out in `template.yaml`, in milliseconds.
pub(super) const TIMEOUT_MS: f64 = 29_000.0;

/// The price of a GB-second in dollars, by architecture: <https://aws.amazon.com/lambda/pricing/>, us-east-1, the first
/// tier, without the free one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Architecture {
    pub(super) name: &'static str,
    dollars_per_gb_second: f64,
}

pub(super) const X86_64: Architecture =
    Architecture { name: "x86_64", dollars_per_gb_second: 0.000_016_666_7 };

pub(super) const ARM64: Architecture = Architecture { name: "arm64", dollars_per_gb_second: 0.000_013_333_4 };

/// The price of a request in dollars.
const DOLLARS_PER_REQUEST: f64 = 0.20 / 1e6;

impl Architecture {
    /// Returns what a million contacts cost in dollars, in lists of this length.
    pub(super) fn dollars_per_million(self, memory_mb: u32, billed_ms: f64, list_len: u32) -> f64 {
        let gb_seconds = f64::from(memory_mb) / 1_024.0 * billed_ms / 1_000.0;
        let call = gb_seconds * self.dollars_per_gb_second + DOLLARS_PER_REQUEST;
        call * 1e6 / f64::from(list_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn price_has_the_time_and_the_request() {
        let dollars = X86_64.dollars_per_million(1_024, 10.0, 1);
        assert!((dollars - (0.166_667 + 0.20)).abs() < 1e-9, "{dollars}");
        assert!((X86_64.dollars_per_million(512, 20.0, 100) - dollars / 100.0).abs() < 1e-9);
    }
}
