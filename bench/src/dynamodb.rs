//! The process that is DynamoDB. It says where it listens in one line, and ends when its standard input
//! does, so that it never outlives whoever started it.

use std::io;

use embedded_dynamodb::EmbeddedDynamoDb;

use crate::Failure;

/// The argument that makes a process of this program DynamoDB.
pub(crate) const ROLE: &str = "dynamodb";

/// Serves until standard input ends. One thread, so that a machine of two cores has one for the client.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve() -> Result<(), Failure> {
    let dynamodb = EmbeddedDynamoDb::in_memory().await?;
    println!("{}", dynamodb.url());
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
