//! The process that was started: it starts DynamoDB and the process that measures.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
};

use crate::{Failure, dynamodb, measure};

/// Has the named sections measured, or all if none is named.
pub(crate) fn lead(sections: &[String]) -> Result<ExitCode, Failure> {
    let program = env::current_exe()?;
    let mut dynamodb =
        Command::new(&program).arg(dynamodb::ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let url = first_line(&mut dynamodb)?;
    let status = Command::new(&program)
        .arg(measure::ROLE)
        .arg(dynamodb.id().to_string())
        .args(sections)
        // As on Lambda, nothing else is there; AWS_CA_BUNDLE, say, would make a difference.
        .env_clear()
        .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
        .env("AWS_ENDPOINT_URL_DYNAMODB", url)
        .env("AWS_REGION", "local")
        .env("AWS_DEFAULT_REGION", "local")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        // Three things more: where Node.js is found, also by tools that stand in for it, and that the SDK needn't
        // tell each time how old it is.
        .env("HOME", env::var_os("HOME").unwrap_or_default())
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("NODE_NO_WARNINGS", "1")
        .status()?;
    // Its standard input ends here, and so does it.
    dynamodb.stdin.take();
    dynamodb.wait()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn first_line(child: &mut Child) -> Result<String, Failure> {
    let mut line = String::new();
    let output = child.stdout.take().ok_or("DynamoDB has no output")?;
    BufReader::new(output).read_line(&mut line)?;
    let line = line.trim_end();
    if line.is_empty() { Err("DynamoDB did not start".into()) } else { Ok(line.to_owned()) }
}
