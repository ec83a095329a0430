//! How evenly keys spread, simulated: contacts over a tenant's buckets, and buckets over the partitions of a
//! table. DynamoDB places a partition key by a hash that it doesn't publish; SHA-256 stands in for it, as any
//! good hash would.

use contacts::domain::{ContactId, LinkId, TenantName};
use sha2::{Digest, Sha256};

use crate::{
    Failure,
    findings::Findings,
    plot::{self, Line},
    samples::{median, percentile},
    table::Table,
};

/// How many buckets a tenant's contacts are in (see the store's keys).
const BUCKETS: u64 = 16;

/// How many contacts tenants have.
const TENANTS: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many partitions tables have. A new on-demand table has four.
const PARTITIONS: [u32; 6] = [4, 8, 16, 32, 64, 256];

/// How many buckets are compared.
const CHOICES: [u64; 4] = [1, 4, 16, 64];

/// How many tenants are placed for each, by other names.
const NAMES: u32 = 2_000;

/// How many write units a partition takes in a second (DynamoDB's documented limit).
const WRITES_A_PARTITION: f64 = 1_000.0;

/// How many tenants share a table, the largest of which has a load of 1, the second of a half, the third of
/// a third, and so on (Zipf's law).
const SHARING: [u32; 3] = [10, 100, 1_000];

/// Simulates and reports.
pub(crate) fn section() -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    findings.table("placement-buckets", &buckets()?);
    let (table, lines) = one_tenant();
    findings.table("placement-tenant", &table);
    let title = "What one tenant can write, as far as keys go (median tenant)";
    findings
        .plot("placement", plot::lines(title, "partitions of the table", "write units a second", &lines)?);
    findings.table("placement-tenants", &many_tenants());
    Ok(findings)
}

/// How full the fullest of a tenant's buckets is, next to the mean. The ids are those of real contacts.
fn buckets() -> Result<Table, Failure> {
    let mut table = Table::new(&["contacts of the tenant", "fullest bucket next to the mean", "emptiest"]);
    for contacts in TENANTS {
        let tenant = TenantName::parse(&format!("tenant-of-{contacts}"))?;
        let mut counts = [0_u32; 16];
        for number in 0..contacts {
            let link_id = LinkId::parse(&format!("91c615e3-1040-4815-8ecb-{number:012x}"))?;
            let bucket = ContactId::derive(&tenant, link_id).get() % BUCKETS;
            counts[usize::try_from(bucket)?] += 1;
        }
        let mean = f64::from(contacts) / 16.0;
        let next_to_mean = |count: Option<&u32>| count.map_or(0.0, |count| f64::from(*count) / mean);
        table.row([
            contacts.to_string(),
            format!("{:.3}", next_to_mean(counts.iter().max())),
            format!("{:.3}", next_to_mean(counts.iter().min())),
        ]);
    }
    Ok(table)
}

/// What one tenant can write if nobody else does: its busiest partition sets the limit.
fn one_tenant() -> (Table, Vec<Line>) {
    let columns =
        ["partitions", "1 bucket", "4 buckets", "16 buckets", "unluckiest in a hundred", "64 buckets"];
    let mut table = Table::new(&columns);
    let mut lines = CHOICES.map(|buckets| Line { name: format!("buckets: {buckets}"), points: Vec::new() });
    for partitions in PARTITIONS {
        let mut row = vec![partitions.to_string()];
        for (buckets, line) in CHOICES.into_iter().zip(&mut lines) {
            let limits: Vec<f64> = (0..NAMES)
                .map(|name| {
                    let load = loads([(name, 1.0)], buckets, partitions);
                    WRITES_A_PARTITION / load.iter().copied().fold(0.0, f64::max)
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

/// How busy the busiest partition is, next to the mean, when tenants of all sizes share a table.
fn many_tenants() -> Table {
    let names = PARTITIONS.map(|partitions| format!("{partitions} partitions"));
    let columns: Vec<_> = ["tenants"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let mut table = Table::new(&columns);
    for tenants in SHARING {
        let figures = PARTITIONS.map(|partitions| {
            let ratios = (0..50).map(|world| {
                let load = (1..=tenants).map(|rank| (world * tenants + rank, 1.0 / f64::from(rank)));
                let loads = loads(load, BUCKETS, partitions);
                let mean = loads.iter().sum::<f64>() / f64::from(partitions);
                loads.iter().copied().fold(0.0, f64::max) / mean
            });
            format!("{:.2}", median(ratios))
        });
        table.row([tenants.to_string()].into_iter().chain(figures));
    }
    table
}

/// The load of each partition, where each tenant's spreads evenly over its buckets.
fn loads(tenants: impl IntoIterator<Item = (u32, f64)>, buckets: u64, partitions: u32) -> Vec<f64> {
    let mut loads = vec![0.0; partitions as usize];
    // A handful of buckets.
    let share = 1.0 / u32::try_from(buckets).map_or(f64::INFINITY, f64::from);
    for (name, load) in tenants {
        for bucket in 0..buckets {
            let hash = Sha256::digest(format!("tenant-{name}#CONTACT#{bucket:x}"));
            // The first bytes of the hash name a place; partitions are equal stretches of all places.
            let place = u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]));
            let partition = (place * u64::from(partitions)) >> 32;
            if let Some(of) = usize::try_from(partition).ok().and_then(|partition| loads.get_mut(partition)) {
                *of += load * share;
            }
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_load_is_lost_and_a_single_bucket_is_in_one_partition() {
        let loads = loads([(1, 1.0)], 1, 8);
        assert_eq!(loads.iter().filter(|load| **load > 0.0).count(), 1);
        assert!((loads.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn partitions_are_equal_stretches_of_the_places() {
        let loads = loads((0..4_000).map(|name| (name, 1.0)), BUCKETS, 4);
        for load in loads {
            assert!((load - 1_000.0).abs() < 50.0, "{load}");
        }
    }
}
