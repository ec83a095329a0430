//! Reads and writes of the table that the API has no request for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use embedded_dynamodb::TABLE;
use serde_json::{Map, Value, json};

use crate::{response::expect_str, stack::Stack};

/// The items of one tenant.
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

    /// The revision of the last write of each contact, by `link_id`.
    pub async fn revisions(&self) -> BTreeMap<String, String> {
        let string = |value: &Value| expect_str(value).to_owned();
        let contacts = self.contacts().await;
        contacts.iter().map(|contact| (string(&contact["link_id"]), string(&contact["revision"]))).collect()
    }

    /// The contact of an upsert's result, as it is stored now; null if it is not.
    pub async fn contact_of(&self, result: &Value) -> Value {
        let id = result["contact_id"].as_u64().unwrap_or_else(|| panic!("no contact_id in {result}"));
        let call = self.client.get_item().table_name(TABLE).consistent_read(true);
        let call = call.key("pk", self.contact_bucket(id)).key("sk", attribute(&id.to_string()));
        let item = call.send().await.expect("the table is readable").item;
        item.map_or(Value::Null, |item| attributes(&item))
    }

    /// Stores a contact with these attributes, without the service's checks.
    pub async fn seed_contact(&self, contact: &Value) {
        let id = contact["contact_id"].as_u64().expect("a contact has an id");
        let mut item = HashMap::from([
            ("pk".to_owned(), self.contact_bucket(id)),
            ("sk".to_owned(), attribute(&id.to_string())),
            ("revision".to_owned(), attribute(&uuid::Uuid::new_v4().to_string())),
            ("created_by".to_owned(), attribute("seed")),
        ]);
        for (name, value) in contact.as_object().expect("a contact is an object") {
            match value {
                Value::String(text) => drop(item.insert(name.clone(), attribute(text))),
                Value::Number(number) if name != "contact_id" => {
                    item.insert(name.clone(), AttributeValue::N(number.to_string()));
                }
                _ => {}
            }
        }
        let call = self.client.put_item().table_name(TABLE).set_item(Some(item));
        call.send().await.expect("the table is writable");
    }

    async fn all(&self, kind: &str) -> Vec<Value> {
        let mut found = Vec::new();
        for bucket in 0..16 {
            let call = self.client.query().table_name(TABLE).consistent_read(true);
            let call = call.key_condition_expression("pk = :bucket");
            let bucket = format!("{}#{kind}#{bucket:x}", self.tenant);
            let call = call.expression_attribute_values(":bucket", attribute(&bucket));
            let items: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
            found.extend(items.expect("the table is readable").iter().map(attributes));
        }
        found
    }

    fn contact_bucket(&self, id: u64) -> AttributeValue {
        attribute(&format!("{}#CONTACT#{:x}", self.tenant, id % 16))
    }
}

/// The attributes that hold personal data.
const PERSONAL: [&str; 6] =
    ["account_code", "account_name", "contact_name", "contact_mobile_num", "contact_email", "contact_desc"];

/// The values of the personal attributes of all tenants.
pub async fn personal_values() -> BTreeSet<String> {
    let scan = Stack::get().dynamodb().scan().table_name(TABLE).into_paginator().items().send();
    let items: Result<Vec<_>, _> = scan.collect().await;
    let items = items.expect("the table is readable");
    let values =
        items.iter().flat_map(|item| PERSONAL.iter().filter_map(|name| item.get(*name)?.as_s().ok()));
    values.cloned().collect()
}

fn attribute(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn attributes(item: &HashMap<String, AttributeValue>) -> Value {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(digits) => {
            json!(digits.parse::<u64>().expect("every number in the table is an id"))
        }
        other => panic!("no item holds {other:?}"),
    };
    Value::Object(item.iter().map(|(name, of)| (name.clone(), value(of))).collect::<Map<_, _>>())
}
