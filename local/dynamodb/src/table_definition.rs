//! The table as `template.yaml` defines it, and its creation in the embedded DynamoDB or in another one.

use std::error::Error;

use aws_sdk_dynamodb::{
    Client,
    error::BuildError,
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use dynoxide::{Database, errors::DynoxideError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::StartError;

/// The name of the table in the embedded DynamoDB.
pub const TABLE: &str = "contacts";

const TEMPLATE: &str = include_str!("../../../template.yaml");

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: Resources,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resources {
    contacts_table: Table,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    properties: Properties,
}

/// The properties that are parameters of `CreateTable` by the same names.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    billing_mode: String,
    attribute_definitions: Vec<Attribute>,
    key_schema: Vec<KeyElement>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: String,
}

fn properties() -> Result<Properties, StartError> {
    let template: Template = serde_saphyr::from_str(TEMPLATE).map_err(template_error)?;
    Ok(template.resources.contacts_table.properties)
}

fn template_error(error: impl Error + Send + Sync + 'static) -> StartError {
    StartError::Template(Box::new(error))
}

/// Creates the table in the embedded database. A table that exists is kept: a file has it from an earlier
/// start.
pub(crate) fn create_embedded(database: &Database) -> Result<(), StartError> {
    let mut request = json!(properties()?);
    request["TableName"] = json!(TABLE);
    match database.create_table(serde_json::from_value(request).map_err(template_error)?) {
        Ok(_) | Err(DynoxideError::ResourceInUseException(_)) => Ok(()),
        Err(error) => Err(template_error(error)),
    }
}

/// Creates the table in another DynamoDB, under a name that is not in use there. Does not wait until the
/// table is active: in emulators it is when `CreateTable` returns.
pub(crate) async fn create_remote(client: &Client, url: &str, name: &str) -> Result<(), StartError> {
    let properties = properties()?;
    let attributes = properties.attribute_definitions.iter().map(Attribute::definition);
    let keys = properties.key_schema.iter().map(KeyElement::schema);
    let request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::from(properties.billing_mode.as_str()))
        .set_attribute_definitions(Some(attributes.collect::<Result<_, _>>().map_err(template_error)?))
        .set_key_schema(Some(keys.collect::<Result<_, _>>().map_err(template_error)?));
    match request.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(StartError::Remote { url: url.to_owned(), source: Box::new(error) }),
    }
}

impl Attribute {
    fn definition(&self) -> Result<AttributeDefinition, BuildError> {
        AttributeDefinition::builder()
            .attribute_name(&self.attribute_name)
            .attribute_type(ScalarAttributeType::from(self.attribute_type.as_str()))
            .build()
    }
}

impl KeyElement {
    fn schema(&self) -> Result<KeySchemaElement, BuildError> {
        KeySchemaElement::builder()
            .attribute_name(&self.attribute_name)
            .key_type(KeyType::from(self.key_type.as_str()))
            .build()
    }
}
