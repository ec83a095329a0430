//! That no function reads the system's certificates before its first event, as the SDK's usual set-up
//! does: what is opened in the folders where systems keep them is watched while the functions start.

use std::{fs, path::Path};

use runtime_api::RuntimeApi;

use crate::{Failure, findings::Findings, function::Function, program::Program, table::Table, watch::Watch};

/// Where Linux systems keep certificates.
const FOLDERS: [&str; 4] = ["/etc/ssl", "/etc/pki", "/usr/lib/ssl", "/usr/share/ca-certificates"];

/// How often each function is started. Other programs may open a certificate just then, but hardly each
/// time; a function that opens one does so each time.
const STARTS: u32 = 5;

/// Watches the functions start, and reports; fails if one of the service's opens a certificate each time.
pub(crate) async fn section(runtime_api: &mut RuntimeApi) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    let watch = Watch::over(FOLDERS.map(Path::new))?;
    let Some(certificate) = watch.file() else {
        findings.table("certificates", &"This system has no certificates that could be read.");
        return Ok(findings);
    };
    // A watch that sees nothing proves something only if it would have seen something.
    fs::read(certificate)?;
    if !watch.opened()?.iter().any(|opened| opened == certificate) {
        return Err("the system doesn't tell which certificates are opened".into());
    }
    let mut table = Table::new(&["function", "starts", "starts during which a certificate was opened"]);
    for program in [Program::Upsert, Program::Delete, Program::Documented] {
        let mut seen = 0;
        for _ in 0..STARTS {
            watch.opened()?;
            let (function, _) = Function::start(program, runtime_api).await?;
            seen += u32::from(!watch.opened()?.is_empty());
            function.stop().await?;
        }
        if seen == STARTS && program != Program::Documented {
            return Err(format!("{} opens certificates before its first event", program.name()).into());
        }
        table.row([program.name().to_owned(), STARTS.to_string(), seen.to_string()]);
    }
    findings.table("certificates", &table);
    Ok(findings)
}
