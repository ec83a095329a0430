//! That no function reads the system's certificates before its first event, as the SDK's usual set-up
//! does: what is opened in the folders where systems keep them is watched while the functions start.

use std::{fs, path::Path};

use runtime_api::RuntimeApi;

use crate::{
    Failure,
    function::{DELETE, Function, UPSERT},
    table::Table,
    watch::Watch,
};

/// Where Linux systems keep certificates.
const FOLDERS: [&str; 4] = ["/etc/ssl", "/etc/pki", "/usr/lib/ssl", "/usr/share/ca-certificates"];

/// How often each function is started. Other programs may open a certificate just then, but hardly each
/// time; a function that opens one does so each time.
const STARTS: u32 = 5;

/// Watches the functions start, and reports; fails if one opens a certificate.
pub(crate) async fn section(runtime_api: &mut RuntimeApi) -> Result<String, Failure> {
    let heading = "## Certificates before the first event";
    let watch = Watch::over(FOLDERS.map(Path::new))?;
    let Some(certificate) = watch.file() else {
        return Ok(format!("{heading}\n\nThis system has none that could be read."));
    };
    // A watch that sees nothing proves something only if it would have seen something.
    fs::read(certificate)?;
    if !watch.opened()?.iter().any(|opened| opened == certificate) {
        return Err("the system doesn't tell which certificates are opened".into());
    }
    let mut table = Table::new(&["function", "starts", "starts during which one was opened"]);
    for name in [UPSERT, DELETE] {
        let mut seen = 0;
        for _ in 0..STARTS {
            watch.opened()?;
            let (function, _) = Function::start(name, runtime_api).await?;
            seen += u32::from(!watch.opened()?.is_empty());
            function.stop().await?;
        }
        if seen == STARTS {
            return Err(format!("{name} opens the system's certificates before its first event").into());
        }
        table.row([name.to_owned(), STARTS.to_string(), seen.to_string()]);
    }
    Ok(format!(
        "{heading}\n\nFiles opened in {}, by any process, from a function's start to its first request for \
         an event (the watch sees a certificate that the benchmark opens itself).\n\n{table}",
        FOLDERS.join(", ")
    ))
}
