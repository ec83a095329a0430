//! CPU time and memory of processes, as Linux reports them.

use std::{fs, time::Duration};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};

use crate::error::Result;

/// A tick of `/proc/<pid>/stat`: `USER_HZ` is 100 on `x86_64` and arm64 (proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// Returns the CPU time of this process, in user and in kernel mode.
pub(crate) fn own_cpu_time() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(microseconds.try_into()?))
}

/// Another process.
#[derive(Clone, Copy)]
pub(crate) struct Process(u32);

impl Process {
    pub(crate) fn with_id(id: u32) -> Self {
        Self(id)
    }

    /// Returns its CPU time, in user and in kernel mode, with a resolution of 10 ms.
    pub(crate) fn cpu_time(self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The second field is the program's name in brackets, which may hold spaces. User and system time are
        // the 14th and 15th fields, so the 12th and 13th after the name.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/<pid>/stat has no program name")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(ticks.sum::<std::result::Result<u32, _>>()? * TICK)
    }

    /// Returns its resident memory, in kilobytes of 1,024 bytes.
    pub(crate) fn resident_kb(self) -> Result<u32> {
        self.status_kb("VmRSS:")
    }

    /// Returns its peak resident memory so far, in kilobytes of 1,024 bytes.
    pub(crate) fn peak_resident_kb(self) -> Result<u32> {
        self.status_kb("VmHWM:")
    }

    fn status_kb(self, field: &str) -> Result<u32> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next());
        Ok(kilobytes.ok_or_else(|| format!("/proc/<pid>/status has no {field}"))?.parse()?)
    }
}
