//! The machine that the benchmark runs on.

use std::{env::consts::ARCH, fs, thread};

use crate::error::Result;

/// Describes the machine and the build in one sentence.
pub(crate) fn describe() -> Result<String> {
    let cores = thread::available_parallelism()?;
    let profile = if cfg!(debug_assertions) { "debug, so the figures are not comparable" } else { "release" };
    Ok(format!(
        "Measured on {cores} cores ({ARCH}, Linux; build: {profile}), with the embedded DynamoDB, in memory, in \
         a process of its own with one thread."
    ))
}

/// Returns the load average of the last minute: results vary more on a machine that is busy otherwise.
pub(crate) fn load() -> Result<String> {
    let averages = fs::read_to_string("/proc/loadavg")?;
    let last_minute = averages.split_whitespace().next().ok_or("/proc/loadavg is empty")?;
    Ok(format!("Load average of the last minute: {last_minute}."))
}
