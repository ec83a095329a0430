//! The process that serves the embedded DynamoDB. It prints its URL in one line, and ends at the end of its
//! standard input, so that it does not outlive the coordinator.

use std::io;

use embedded_dynamodb::EmbeddedDynamoDb;

use crate::error::Result;

/// The first argument of this process.
pub(crate) const ROLE: &str = "dynamodb";

/// Serves until the end of standard input. It has one thread, so that a machine with two cores has one left
/// for the client.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run() -> Result<()> {
    let dynamodb = EmbeddedDynamoDb::in_memory().await?;
    println!("{}", dynamodb.url());
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
