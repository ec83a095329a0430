//! The section `certificates`: whether a function reads the system's certificates before its first event, as
//! the SDK's usual set-up does. It observes which files are opened in the folders of certificates while a
//! function starts.

mod file_opens;

use std::{fs, path::Path};

use runtime_api::RuntimeApi;

use crate::{
    error::Result,
    harness::{function::Function, program::Program},
    report::results::Results,
};
use file_opens::FileOpens;

/// The folders in which Linux systems keep certificates.
const FOLDERS: [&str; 4] = ["/etc/ssl", "/etc/pki", "/usr/lib/ssl", "/usr/share/ca-certificates"];

/// The number of starts of each function. Another process may open a certificate during one of them, but
/// hardly during each.
const STARTS: u32 = 5;

/// Starts functions and observes opened files. One of the service's functions that opens a certificate during
/// every start is an error.
pub(crate) async fn measure(runtime_api: &mut RuntimeApi) -> Result<Results> {
    let mut results = Results::default();
    let file_opens = FileOpens::observe(FOLDERS.map(Path::new))?;
    let Some(certificate) = file_opens.first_file() else {
        results.table("certificates", &"This system has no readable certificates.");
        return Ok(results);
    };
    // That no open was observed proves nothing unless an open would have been.
    fs::read(certificate)?;
    if !file_opens.since_last_call()?.iter().any(|opened| opened == certificate) {
        return Err("inotify does not report opened certificates on this system".into());
    }
    let mut starts_with_opens = Vec::new();
    for program in [Program::Upsert, Program::Delete, Program::Documented] {
        let mut count = 0;
        for _ in 0..STARTS {
            // Forgets what was opened between two starts.
            file_opens.since_last_call()?;
            let (function, _) = Function::start(program, runtime_api).await?;
            count += u32::from(!file_opens.since_last_call()?.is_empty());
            function.stop().await?;
        }
        if count == STARTS && program != Program::Documented {
            return Err(format!("{} opens certificates before its first event", program.label()).into());
        }
        starts_with_opens.push(format!("{}: {count}", program.label()));
    }
    let counts = starts_with_opens.join("; ");
    results.table("certificates", &format!("Of {STARTS} starts, a certificate was opened during: {counts}."));
    Ok(results)
}
