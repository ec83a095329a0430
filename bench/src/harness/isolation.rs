//! One processor for the measured function and another for everything that serves it.

use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    unistd::Pid,
};

use super::cpu_quota::CpuGroup;
use crate::error::Result;

/// The calling thread, for functions that take a process id.
const SELF: Pid = Pid::from_raw(0);

/// Keeps this process on the last processor, until it is dropped, and starts functions on the first. Both have
/// a control group of their own. On a machine with one processor they share it.
pub(crate) struct Isolation {
    function_group: CpuGroup,
    other_group: CpuGroup,
    /// The processors of this process before.
    processors: CpuSet,
}

impl Isolation {
    /// Fails without root or without control groups.
    pub(crate) fn start() -> Result<Self> {
        let processors = sched_getaffinity(SELF)?;
        let isolation = Self {
            function_group: CpuGroup::create("function")?,
            other_group: CpuGroup::create("other")?,
            processors,
        };
        isolation.leave_function()?;
        Ok(isolation)
    }

    /// Starts a function: a process that `spawn` starts is limited to this share of its processor. The limit
    /// holds once the process has been started.
    pub(crate) fn start_function<T>(
        &self,
        processor_share: Option<f64>,
        spawn: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.function_group.limit(None)?;
        self.function_group.enter()?;
        sched_setaffinity(SELF, &single(self.numbers().next())?)?;
        let spawned = spawn();
        self.leave_function()?;
        self.function_group.limit(processor_share)?;
        spawned
    }

    fn leave_function(&self) -> Result<()> {
        self.other_group.enter()?;
        Ok(sched_setaffinity(SELF, &single(self.numbers().last())?)?)
    }

    /// The numbers of the processors that this process had before.
    fn numbers(&self) -> impl Iterator<Item = usize> {
        (0..CpuSet::count()).filter(|&number| self.processors.is_set(number).is_ok_and(|is_set| is_set))
    }
}

impl Drop for Isolation {
    fn drop(&mut self) {
        // Best effort: a failure only means that the sections after this one stay on the last processor.
        let _ = sched_setaffinity(SELF, &self.processors);
        let _ = self.other_group.leave();
    }
}

fn single(processor: Option<usize>) -> Result<CpuSet> {
    let mut set = CpuSet::new();
    set.set(processor.ok_or("this process has no processor")?)?;
    Ok(set)
}
