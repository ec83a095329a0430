//! The process that the user starts. It starts DynamoDB and the section runner.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
};

use super::{dynamodb_server, section_runner};
use crate::error::Result;

/// Runs the named sections, or all of them if `sections` is empty, and waits until both other processes have
/// ended.
pub(crate) fn run(sections: &[String]) -> Result<ExitCode> {
    let program = env::current_exe()?;
    let mut dynamodb = Command::new(&program)
        .arg(dynamodb_server::ROLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let url = first_line(&mut dynamodb)?;
    let status = Command::new(&program)
        .arg(section_runner::ROLE)
        .arg(dynamodb.id().to_string())
        .args(sections)
        // Only what a function sees on Lambda: AWS_CA_BUNDLE, for example, would change the results.
        .env_clear()
        .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
        .env("AWS_ENDPOINT_URL_DYNAMODB", url)
        .env("AWS_REGION", "local")
        .env("AWS_DEFAULT_REGION", "local")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        // Node.js, and version managers that wrap it, are found by these two.
        .env("HOME", env::var_os("HOME").unwrap_or_default())
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        // Suppresses the AWS SDK's warning about old versions of Node.js.
        .env("NODE_NO_WARNINGS", "1")
        .status()?;
    // The server ends at the end of its standard input.
    dynamodb.stdin.take();
    dynamodb.wait()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn first_line(child: &mut Child) -> Result<String> {
    let mut line = String::new();
    let output = child.stdout.take().expect("standard output is piped");
    BufReader::new(output).read_line(&mut line)?;
    let line = line.trim_end();
    if line.is_empty() { Err("DynamoDB did not start".into()) } else { Ok(line.to_owned()) }
}
