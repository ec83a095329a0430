//! What the figures were measured on, and how busy it was.

use std::{env::consts::ARCH, fs, thread};

use crate::Failure;

/// One sentence on the machine.
pub(crate) fn describe() -> Result<String, Failure> {
    let cores = thread::available_parallelism()?;
    let profile = if cfg!(debug_assertions) { "debug, so the figures mean little" } else { "release" };
    Ok(format!(
        "Measured on {cores} cores ({ARCH}, Linux; build: {profile}), with the embedded DynamoDB, in memory, in \
         a process of its own with one thread."
    ))
}

/// How busy the machine has been lately, the benchmark itself included.
pub(crate) fn load() -> Result<String, Failure> {
    let averages = fs::read_to_string("/proc/loadavg")?;
    let last_minute = averages.split_whitespace().next().ok_or("no load average")?;
    Ok(format!("Load average of the last minute: {last_minute}."))
}
