//! A store that holds what the sample events presuppose: their tenant and their token.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use contacts::{
    domain::{ContactTypes, Right, Tenant, TimeZone, Token, TokenGrant},
    store::Store,
};
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};

use crate::Failure;

/// The token in the sample events. It is valid here, so that the events are sent unchanged.
const TOKEN: &str = "zegoal.TOKEN";

/// An embedded DynamoDB with the tenant and the token in it, and nothing else.
pub(crate) struct SampleStore {
    dynamodb: EmbeddedDynamoDb,
    client: Client,
}

impl SampleStore {
    /// Starts a new one in memory.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let dynamodb = EmbeddedDynamoDb::in_memory().await?;
        let client = Client::from_conf(embedded_dynamodb::client_settings(&dynamodb.url()).build());
        let store = Store::new(client.clone(), TABLE);
        let token = Token::parse(TOKEN).ok_or("the token of the sample events can't be parsed")?;
        let time_zone = TimeZone::parse("Europe/Kiev")?;
        let tenant = Tenant { name: token.tenant, time_zone, contact_types: ContactTypes::default() };
        let rights = vec![Right::Upsert, Right::Delete];
        let grant = TokenGrant { rights, label: "sample".to_owned(), expires_at: None };
        store.put_tenant(&tenant).await?;
        if !store.put_token(&tenant.name, &token.digest, &grant).await? {
            return Err("the store has no tenant to add the token to".into());
        }
        Ok(Self { dynamodb, client })
    }

    /// The environment variables by which a function finds the store.
    pub(crate) fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("CONTACTS_TABLE", TABLE.to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url()),
            ("AWS_REGION", "local".to_owned()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ]
    }

    /// Counts the contacts.
    pub(crate) async fn count_contacts(&self) -> Result<usize, Failure> {
        let scan = self.client.scan().table_name(TABLE).consistent_read(true);
        let scan = scan.filter_expression("contains(pk, :kind)");
        let scan = scan.expression_attribute_values(":kind", AttributeValue::S("#CONTACT#".to_owned()));
        let items: Result<Vec<_>, _> = scan.into_paginator().items().send().collect().await;
        Ok(items?.len())
    }
}
