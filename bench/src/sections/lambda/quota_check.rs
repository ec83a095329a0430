//! Whether the quotas bind: the share of a processor that a process is given, next to what it should be.

use std::{env, process::Stdio};

use tokio::process::Command;

use super::settings::{MEMORY_SIZES_MB, processor_share};
use crate::{error::Result, harness::isolation::Isolation, processes::cpu_burner};

/// Computes for a second under each quota, and returns the shares that were measured, as text.
pub(super) async fn check(isolation: &Isolation) -> Result<String> {
    let mut shares = Vec::new();
    for memory_mb in MEMORY_SIZES_MB {
        let share = processor_share(memory_mb);
        let mut command = Command::new(env::current_exe()?);
        command.arg(cpu_burner::ROLE).stdout(Stdio::piped()).kill_on_drop(true);
        let burner = isolation.start_function(Some(share), || Ok(command.spawn()?))?;
        let output = burner.wait_with_output().await?;
        let measured: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        shares.push(format!("{memory_mb} MB: {measured:.3} of a processor ({share:.3} on Lambda)"));
    }
    Ok(format!("{}.", shares.join("; ")))
}
