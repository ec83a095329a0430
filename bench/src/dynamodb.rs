//! The process that is DynamoDB, and its table. It says where it listens in one line, and ends when its standard input
//! does, so that it never outlives whoever started it.

use std::io;

use aws_sdk_dynamodb::{Client, types::BillingMode};
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};

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

/// Makes the table anew: the embedded DynamoDB takes longer for a write the more it holds, and whoever came
/// last would pay for those before.
pub(crate) async fn empty_table(client: &Client) -> Result<(), Failure> {
    let described = client.describe_table().table_name(TABLE).send().await?;
    let table = described.table.ok_or("a table without a description")?;
    client.delete_table().table_name(TABLE).send().await?;
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(table.attribute_definitions)
        .set_key_schema(table.key_schema)
        .send()
        .await?;
    Ok(())
}
