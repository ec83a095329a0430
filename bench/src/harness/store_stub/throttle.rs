//! The rates above which the stub refuses, as DynamoDB does for each partition.

use std::{collections::HashMap, time::Instant};

use serde::{Deserialize, Serialize};

/// The units of capacity that each partition key takes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Rates {
    /// Write units a second.
    pub(crate) write_units: f64,
    /// Read units a second.
    pub(crate) read_units: f64,
    /// The seconds of unused capacity that a partition key can use later.
    pub(crate) burst_seconds: f64,
}

/// What a unit of capacity is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Access {
    Read,
    Write,
}

/// The capacity that is left to each partition key.
pub(super) struct Partitions {
    rates: Rates,
    capacities: HashMap<(Access, String), Capacity>,
}

struct Capacity {
    units: f64,
    since: Instant,
}

impl Partitions {
    /// Every partition key with its whole burst.
    pub(super) fn new(rates: Rates) -> Self {
        Self { rates, capacities: HashMap::new() }
    }

    /// Takes a unit of a partition key's capacity. Returns false if none is left.
    pub(super) fn take_unit(&mut self, access: Access, partition_key: &str, now: Instant) -> bool {
        let rate = match access {
            Access::Read => self.rates.read_units,
            Access::Write => self.rates.write_units,
        };
        let burst = rate * self.rates.burst_seconds;
        let capacity = self
            .capacities
            .entry((access, partition_key.to_owned()))
            .or_insert(Capacity { units: burst, since: now });
        let earned = rate * now.saturating_duration_since(capacity.since).as_secs_f64();
        *capacity = Capacity { units: (capacity.units + earned).min(burst), since: now };
        let is_left = capacity.units >= 1.0;
        if is_left {
            capacity.units -= 1.0;
        }
        is_left
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_partition_key_has_its_burst_and_then_its_rate() {
        let rates = Rates { write_units: 10.0, read_units: 100.0, burst_seconds: 1.0 };
        let (mut partitions, start) = (Partitions::new(rates), Instant::now());
        let mut taken =
            |access, key, number, now| (0..number).filter(|_| partitions.take_unit(access, key, now)).count();
        assert_eq!(taken(Access::Write, "a", 20, start), 10);
        assert_eq!(taken(Access::Read, "a", 200, start), 100);
        assert_eq!(taken(Access::Write, "b", 20, start), 10);
        assert_eq!(taken(Access::Write, "a", 20, start + Duration::from_millis(550)), 5);
    }
}
