//! A process that computes for a second and prints the share of one processor that it was given.

use std::time::{Duration, Instant};

use crate::{error::Result, harness::process_stats::own_cpu_time};

/// The first argument of this process.
pub(crate) const ROLE: &str = "burn-cpu";

const WALL: Duration = Duration::from_secs(1);

/// Computes until a second of wall time is over.
pub(crate) fn run() -> Result<()> {
    let (started, used) = (Instant::now(), own_cpu_time()?);
    while started.elapsed() < WALL {
        std::hint::spin_loop();
    }
    let share = own_cpu_time()?.saturating_sub(used).as_secs_f64() / started.elapsed().as_secs_f64();
    println!("{share}");
    Ok(())
}
