//! A look into the table: what the API has no call for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use embedded_dynamodb::TABLE;
use serde_json::{Map, Value, json};

use crate::{answer::text, environment};

/// What the table holds of one tenant.
pub struct Table {
    client: Client,
    tenant: String,
}

impl Table {
    pub(crate) fn new(client: Client, tenant: &str) -> Self {
        Self { client, tenant: tenant.to_owned() }
    }

    /// All contacts, with their attributes.
    pub async fn contacts(&self) -> Vec<Value> {
        self.all("CONTACT").await
    }

    /// All accounts, with their attributes.
    pub async fn accounts(&self) -> Vec<Value> {
        self.all("ACCOUNT").await
    }

    /// Which write each contact is as it is from, by `link_id`.
    pub async fn revisions(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| text(value).to_owned();
        let contacts = self.contacts().await;
        contacts.iter().map(|contact| (text(&contact["link_id"]), text(&contact["revision"]))).collect()
    }

    /// The contact that an upsert's result tells of, as it is now.
    pub async fn contact_of(&self, result: &Value) -> Value {
        let id = result["contact_id"].as_u64().unwrap_or_else(|| panic!("no contact_id in {result}"));
        let call = self.client.get_item().table_name(TABLE).consistent_read(true);
        let call = call.key("pk", self.contact_bucket(id)).key("sk", string(&id.to_string()));
        let item = call.send().await.expect("the table can be read").item;
        item.map_or(Value::Null, |item| attributes(&item))
    }

    /// Stores a contact as it is given: its attributes, its id among them as `contact_id`.
    pub async fn seed_contact(&self, contact: &Value) {
        let id = contact["contact_id"].as_u64().expect("a contact has an id");
        let mut item = HashMap::from([
            ("pk".to_owned(), self.contact_bucket(id)),
            ("sk".to_owned(), string(&id.to_string())),
            ("revision".to_owned(), string(&uuid::Uuid::new_v4().to_string())),
            ("created_by".to_owned(), string("seed")),
        ]);
        for (name, value) in contact.as_object().expect("a contact is an object") {
            match value {
                Value::String(text) => drop(item.insert(name.clone(), string(text))),
                Value::Number(number) if name != "contact_id" => {
                    item.insert(name.clone(), AttributeValue::N(number.to_string()));
                }
                _ => {}
            }
        }
        let call = self.client.put_item().table_name(TABLE).set_item(Some(item));
        call.send().await.expect("the table can be written");
    }

    async fn all(&self, kind: &str) -> Vec<Value> {
        let mut found = Vec::new();
        for bucket in 0..16 {
            let call = self.client.query().table_name(TABLE).consistent_read(true);
            let call = call.key_condition_expression("pk = :bucket");
            let bucket = format!("{}#{kind}#{bucket:x}", self.tenant);
            let call = call.expression_attribute_values(":bucket", string(&bucket));
            let items: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
            found.extend(items.expect("the table can be read").iter().map(attributes));
        }
        found
    }

    fn contact_bucket(&self, id: u64) -> AttributeValue {
        string(&format!("{}#CONTACT#{:x}", self.tenant, id % 16))
    }
}

/// Attributes that hold what somebody or something is called, or where to reach them.
const PERSONAL: [&str; 6] =
    ["account_code", "account_name", "contact_name", "contact_mobile_num", "contact_email", "contact_desc"];

/// The values of personal attributes in the whole table, whoever's they are.
pub async fn personal_values() -> BTreeSet<String> {
    let scan = environment::dynamodb().scan().table_name(TABLE).into_paginator().items().send();
    let items: Result<Vec<_>, _> = scan.collect().await;
    let items = items.expect("the table can be read");
    let values =
        items.iter().flat_map(|item| PERSONAL.iter().filter_map(|name| item.get(*name)?.as_s().ok()));
    values.cloned().collect()
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn attributes(item: &HashMap<String, AttributeValue>) -> Value {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(digits) => json!(digits.parse::<u64>().expect("every number is an id")),
        other => panic!("no item holds {other:?}"),
    };
    Value::Object(item.iter().map(|(name, of)| (name.clone(), value(of))).collect::<Map<_, _>>())
}
