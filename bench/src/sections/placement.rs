//! The section `placement`, a simulation: how evenly a tenant's buckets spread over the partitions of a table. DynamoDB
//! assigns a partition key to a partition by a hash that it does not publish; SHA-256 takes its place here.

use sha2::{Digest, Sha256};

use crate::{
    error::Result,
    report::{
        markdown_table::MarkdownTable,
        plot::{self, Line},
        results::Results,
        stats::{median, percentile},
    },
};

/// The number of buckets of a tenant's contacts, as the store has it.
const BUCKETS: u32 = 16;

/// The numbers of partitions. A new on-demand table has four.
const PARTITIONS: [u32; 6] = [4, 8, 16, 32, 64, 256];

/// The numbers of buckets that are compared.
const BUCKET_COUNTS: [u32; 4] = [1, 4, 16, 64];

/// The number of tenants that are simulated for each number of buckets and partitions.
const TENANT_SAMPLES: u32 = 2_000;

/// The write units that a partition takes in a second (DynamoDB's documented limit).
const WRITE_UNITS_PER_PARTITION: f64 = 1_000.0;

/// The numbers of tenants that share a table. The largest has a load of 1, the second of a half, the third of
/// a third, and so on (Zipf's law).
const SHARING_TENANTS: [u32; 3] = [10, 100, 1_000];

/// The number of sets of tenants that are simulated for each number of sharing tenants.
const TENANT_SETS: u32 = 50;

/// Runs the simulation.
pub(crate) fn simulate() -> Result<Results> {
    let mut results = Results::default();
    let (table, lines) = single_tenant();
    results.table("placement-tenant", &table);
    let title = "What one tenant can write, as far as keys go (median tenant)";
    results.plot("placement", plot::lines(title, "partitions of the table", "write units a second", &lines)?);
    results.table("placement-tenants", &sharing_tenants());
    Ok(results)
}

/// Computes what one tenant can write in a second on a table of its own: its busiest partition is the limit.
fn single_tenant() -> (MarkdownTable, Vec<Line>) {
    let columns =
        ["partitions", "1 bucket", "4 buckets", "16 buckets", "unluckiest in a hundred", "64 buckets"];
    let mut table = MarkdownTable::new(&columns);
    let mut lines =
        BUCKET_COUNTS.map(|buckets| Line { label: format!("buckets: {buckets}"), points: Vec::new() });
    for partitions in PARTITIONS {
        let mut row = vec![partitions.to_string()];
        for (buckets, line) in BUCKET_COUNTS.into_iter().zip(&mut lines) {
            let limits: Vec<f64> = (0..TENANT_SAMPLES)
                .map(|tenant| {
                    WRITE_UNITS_PER_PARTITION / greatest(&loads([(tenant, 1.0)], buckets, partitions))
                })
                .collect();
            let limit = median(limits.iter().copied());
            row.push(format!("{limit:.0}"));
            if buckets == BUCKETS {
                row.push(format!("{:.0}", percentile(limits, 1)));
            }
            line.points.push((f64::from(partitions), limit));
        }
        table.row(row);
    }
    (table, lines.into())
}

/// Compares the load of the busiest partition with the mean when tenants of all sizes share a table.
fn sharing_tenants() -> MarkdownTable {
    let names = PARTITIONS.map(|partitions| format!("{partitions} partitions"));
    let columns: Vec<_> = ["tenants"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let mut table = MarkdownTable::new(&columns);
    for tenants in SHARING_TENANTS {
        let figures = PARTITIONS.map(|partitions| {
            let ratios = (0..TENANT_SETS).map(|set| {
                let tenant_loads = (1..=tenants).map(|rank| (set * tenants + rank, 1.0 / f64::from(rank)));
                let loads = loads(tenant_loads, BUCKETS, partitions);
                let mean = loads.iter().sum::<f64>() / f64::from(partitions);
                greatest(&loads) / mean
            });
            format!("{:.2}", median(ratios))
        });
        table.row([tenants.to_string()].into_iter().chain(figures));
    }
    table
}

/// Returns the load of each partition. `tenants` are numbers and loads; a tenant's load spreads evenly over
/// its buckets.
fn loads(tenants: impl IntoIterator<Item = (u32, f64)>, buckets: u32, partitions: u32) -> Vec<f64> {
    let mut loads = vec![0.0; partitions as usize];
    for (tenant, load) in tenants {
        for bucket in 0..buckets {
            loads[partition(tenant, bucket, partitions)] += load / f64::from(buckets);
        }
    }
    loads
}

/// Returns the partition of a bucket: partitions are equal ranges of the first four bytes of the hash.
fn partition(tenant: u32, bucket: u32, partitions: u32) -> usize {
    let hash = Sha256::digest(format!("tenant-{tenant}#CONTACT#{bucket:x}"));
    let position = u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]));
    usize::try_from((position * u64::from(partitions)) >> 32).expect("it is less than `partitions`, a u32")
}

fn greatest(loads: &[f64]) -> f64 {
    loads.iter().copied().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_bucket_puts_the_whole_load_on_one_partition() {
        let loads = loads([(1, 1.0)], 1, 8);
        assert_eq!(loads.iter().filter(|load| **load > 0.0).count(), 1);
        assert!((loads.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn partitions_are_equal_ranges_of_the_hash() {
        let loads = loads((0..4_000).map(|name| (name, 1.0)), BUCKETS, 4);
        for load in loads {
            assert!((load - 1_000.0).abs() < 50.0, "{load}");
        }
    }
}
