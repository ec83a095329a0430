//! The table of the embedded DynamoDB between measurements.

use aws_sdk_dynamodb::{Client, types::BillingMode};
use embedded_dynamodb::TABLE;

use crate::error::Result;

/// Deletes the table and creates it again, empty. The embedded DynamoDB takes longer for a write the more the
/// table holds, so a measurement on a table that is not empty would pay for the measurements before it.
pub(crate) async fn recreate_table(client: &Client) -> Result<()> {
    let described = client.describe_table().table_name(TABLE).send().await?;
    let table = described.table.ok_or("DescribeTable returned no table")?;
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
