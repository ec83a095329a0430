//! CPU quotas of Linux's control groups, which take the place of the share of a processor that Lambda gives a
//! function by its memory. They need root.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use crate::error::Result;

/// The period of a quota in microseconds. A function that has used its quota waits until the period ends, so a
/// shorter one spreads the CPU time more evenly.
const PERIOD_US: u32 = 20_000;

/// A mounted hierarchy of control groups that can limit CPU time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hierarchy {
    /// Version 1's controller `cpu`.
    V1(PathBuf),
    /// Version 2.
    V2(PathBuf),
}

impl Hierarchy {
    fn mounted() -> Result<Self> {
        let (v1, v2) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        if v1.join("cgroup.procs").exists() {
            return Ok(Self::V1(v1.to_owned()));
        }
        if v2.join("cgroup.controllers").exists() {
            fs::write(v2.join("cgroup.subtree_control"), "+cpu")?;
            return Ok(Self::V2(v2.to_owned()));
        }
        Err("no control groups for CPU time are mounted".into())
    }

    fn root(&self) -> &Path {
        let (Self::V1(root) | Self::V2(root)) = self;
        root
    }

    /// The files of a group that limit it to a share of a processor, and their contents.
    fn quota(&self, share: Option<f64>) -> Vec<(&'static str, String)> {
        #[expect(clippy::cast_possible_truncation, reason = "a share of a period is a small number")]
        let quota_us = share.map(|share| (share * f64::from(PERIOD_US)).round() as i64);
        match self {
            Self::V1(_) => vec![
                ("cpu.cfs_period_us", PERIOD_US.to_string()),
                ("cpu.cfs_quota_us", quota_us.unwrap_or(-1).to_string()),
            ],
            Self::V2(_) => {
                let quota = quota_us.map_or_else(|| "max".to_owned(), |quota| quota.to_string());
                vec![("cpu.max", format!("{quota} {PERIOD_US}"))]
            }
        }
    }

    /// The file of a group's weight, and the greatest weight.
    fn greatest_weight(&self) -> (&'static str, &'static str) {
        match self {
            Self::V1(_) => ("cpu.shares", "262144"),
            Self::V2(_) => ("cpu.weight", "10000"),
        }
    }
}

/// A control group, which is removed when this is dropped. By then its processes must have ended.
pub(crate) struct CpuGroup {
    hierarchy: Hierarchy,
    folder: PathBuf,
}

impl CpuGroup {
    /// Creates a group without a quota. It has the greatest weight, so that other work on the machine takes
    /// little of its time.
    pub(crate) fn create(name: &str) -> Result<Self> {
        let hierarchy = Hierarchy::mounted()?;
        let folder = hierarchy.root().join(format!("contacts-bench-{}-{name}", process::id()));
        fs::create_dir(&folder)?;
        let (file, weight) = hierarchy.greatest_weight();
        let group = Self { hierarchy, folder };
        fs::write(group.folder.join(file), weight)?;
        Ok(group)
    }

    /// Limits the group to a share of one processor, or lifts the limit.
    pub(crate) fn limit(&self, share: Option<f64>) -> Result<()> {
        for (file, content) in self.hierarchy.quota(share) {
            fs::write(self.folder.join(file), content)?;
        }
        Ok(())
    }

    /// Moves this process into the group. Processes that it starts afterwards are in the group too.
    pub(crate) fn enter(&self) -> Result<()> {
        Ok(fs::write(self.folder.join("cgroup.procs"), process::id().to_string())?)
    }

    /// Moves this process out, into the root group.
    pub(crate) fn leave(&self) -> Result<()> {
        Ok(fs::write(self.hierarchy.root().join("cgroup.procs"), process::id().to_string())?)
    }
}

impl Drop for CpuGroup {
    fn drop(&mut self) {
        // Best effort: an empty group that is left behind costs nothing.
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_is_the_share_of_a_period() {
        let quotas = [Some(0.5), None].map(|share| Hierarchy::V1(PathBuf::new()).quota(share));
        let period = ("cpu.cfs_period_us", "20000".to_owned());
        let expected =
            ["10000", "-1"].map(|quota| vec![period.clone(), ("cpu.cfs_quota_us", quota.to_owned())]);
        assert_eq!(quotas, expected);
        let quotas = [Some(0.5), None].map(|share| Hierarchy::V2(PathBuf::new()).quota(share));
        let expected = ["10000 20000", "max 20000"].map(|quota| vec![("cpu.max", quota.to_owned())]);
        assert_eq!(quotas, expected);
    }
}
