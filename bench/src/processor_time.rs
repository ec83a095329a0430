//! How long a process has had a processor, and how much memory it has: its own figures and others'.

use std::{fs, time::Duration};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};

use crate::Failure;

/// What a tick of `/proc/<pid>/stat` is: `USER_HZ` is 100 on Linux wherever Lambda runs (proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// The CPU time of this process, in user and in kernel mode.
pub(crate) fn own() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(microseconds.try_into()?))
}

/// Another process.
#[derive(Clone, Copy)]
pub(crate) struct Process(u32);

impl Process {
    /// The process of this id.
    pub(crate) fn with_id(id: u32) -> Self {
        Self(id)
    }

    /// Its CPU time, in user and in kernel mode, to a hundredth of a second.
    pub(crate) fn processor_time(self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The second field, the program's name in brackets, may hold spaces; user and system time are
        // the 14th and the 15th, so the 12th and 13th after it.
        let (_, fields) = stat.rsplit_once(')').ok_or("a process without a name")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(ticks.sum::<Result<u32, _>>()? * TICK)
    }

    /// How much of it is in memory, in kilobytes.
    pub(crate) fn resident(self) -> Result<u32, Failure> {
        self.status("VmRSS:")
    }

    /// How much of it has been in memory at most, in kilobytes.
    pub(crate) fn peak_resident(self) -> Result<u32, Failure> {
        self.status("VmHWM:")
    }

    fn status(self, name: &str) -> Result<u32, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next());
        Ok(kilobytes.ok_or_else(|| format!("no {name} of a process"))?.parse()?)
    }
}
