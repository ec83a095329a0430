//! The whole table after a schedule, read directly and checked for consistency.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use contacts_model::{contact::Contact, upsert::AccountLookup};
use embedded_dynamodb::TABLE;
use uuid::Uuid;

use crate::{HarnessError, request::AccountParams};

/// An item's attributes, all as text.
type Item = BTreeMap<String, String>;

/// What the table holds.
#[derive(Debug, Default)]
pub(crate) struct TableSnapshot {
    /// The contacts, by id.
    pub(crate) contacts: BTreeMap<u64, Contact>,
    accounts: BTreeMap<u64, Item>,
    codes: BTreeMap<String, u64>,
    names: BTreeMap<String, u64>,
    /// What is inconsistent.
    pub(crate) violations: Vec<String>,
}

/// The attributes of a contact.
const CONTACT: [&str; 11] = [
    "account_id",
    "contact_desc",
    "contact_email",
    "contact_mobile_num",
    "contact_name",
    "contact_type",
    "created_by",
    "link_id",
    "pk",
    "revision",
    "sk",
];

impl TableSnapshot {
    /// Reads the table, which has no other tenant than this one.
    pub(crate) async fn read(client: &Client, tenant: &str) -> Result<Self, HarnessError> {
        let scan = client.scan().table_name(TABLE).consistent_read(true);
        let items: Result<Vec<_>, _> = scan.into_paginator().items().send().collect().await;
        let mut table = Self::default();
        for item in items? {
            let item = texts(&item);
            if table.insert(tenant, &item).is_none() {
                table.violations.push(format!("not an item of the service: {item:?}"));
            }
        }
        table.check_accounts();
        Ok(table)
    }

    /// Files an item by its key. Returns none if its key or its attributes aren't the service's.
    fn insert(&mut self, tenant: &str, item: &Item) -> Option<()> {
        let (pk, sk) = (item.get("pk")?, item.get("sk")?);
        if pk == "TENANTS" && sk == tenant {
            return Some(());
        }
        let rest = pk.strip_prefix(tenant)?;
        let mut parts = rest.split('#').skip(1);
        match (parts.next(), parts.next()) {
            (None, None) => (sk == "TENANT" || sk.starts_with("TOKEN#")).then_some(()),
            (Some("ACCOUNT"), Some(bucket)) => {
                let id = id_in_bucket(sk, bucket)?;
                self.accounts.insert(id, item.clone());
                Some(())
            }
            (Some("CODE"), Some(_)) => {
                self.codes.insert(sk.clone(), item.get("account_id")?.parse().ok()?).is_none().then_some(())
            }
            (Some("NAME"), Some(_)) => {
                self.names.insert(sk.clone(), item.get("account_id")?.parse().ok()?).is_none().then_some(())
            }
            // Records of idempotency keys, and the parts of those of deletes.
            (Some("IDEMPOTENCY"), Some(_)) => item.get("time_to_live")?.parse::<u64>().is_ok().then_some(()),
            (Some("CONTACT"), Some(bucket)) => {
                let id = id_in_bucket(sk, bucket)?;
                self.contacts.insert(id, contact(item)?);
                Some(())
            }
            _ => None,
        }
    }

    /// An account has a code if and only if the item of the code points to the account, and likewise for its
    /// name. The account of each contact exists.
    fn check_accounts(&mut self) {
        for (attribute, texts) in [("account_code", &self.codes), ("account_name", &self.names)] {
            let claimed = texts.iter().map(|(text, id)| (*id, text.clone()));
            let attribute_of =
                |(id, item): (&u64, &Item)| item.get(attribute).map(|text| (*id, text.clone()));
            let mut claimed: Vec<_> = claimed.collect();
            let mut stored: Vec<_> = self.accounts.iter().filter_map(attribute_of).collect();
            claimed.sort();
            stored.sort();
            if claimed != stored {
                let text = format!("{attribute} of accounts {stored:?}, but claimed {claimed:?}");
                self.violations.push(text);
            }
        }
        for (id, contact) in &self.contacts {
            if !self.accounts.contains_key(&contact.account_id) {
                self.violations.push(format!("contact {id} is on an account that doesn't exist"));
            }
        }
    }

    /// Looks up an account. A code or a name never moves to another account, so the result was also true at
    /// every moment since the account was created.
    pub(crate) fn look_up(&self, account: AccountParams) -> AccountLookup {
        let by_code = account.code().map(|code| self.codes.get(code));
        let by_name = account.name().map(|name| self.names.get(name));
        match (by_code, by_name) {
            (Some(Some(id)), None) | (None, Some(Some(id))) => AccountLookup::Found(*id),
            (Some(Some(by_code)), Some(Some(by_name))) if by_code == by_name => {
                AccountLookup::Found(*by_code)
            }
            _ => AccountLookup::Conflict,
        }
    }

    /// The ids of all accounts.
    pub(crate) fn account_ids(&self) -> impl Iterator<Item = u64> {
        self.accounts.keys().copied()
    }
}

/// The id in a sort key, if it belongs into this bucket.
fn id_in_bucket(sort_key: &str, bucket: &str) -> Option<u64> {
    let id: u64 = sort_key.parse().ok()?;
    (bucket == format!("{:x}", id % 16)).then_some(id)
}

fn contact(item: &Item) -> Option<Contact> {
    let text = |name: &str| item.get(name).cloned();
    let has_only_attributes_of_contacts = item.keys().all(|name| CONTACT.contains(&name.as_str()));
    if !has_only_attributes_of_contacts || text("revision").is_none() || text("created_by").is_none() {
        return None;
    }
    let link_id = text("link_id")?;
    Some(Contact {
        link_id: Uuid::try_parse(&link_id).ok().filter(|parsed| parsed.to_string() == link_id)?,
        account_id: text("account_id")?.parse().ok()?,
        name: text("contact_name")?,
        mobile_number: text("contact_mobile_num")?,
        contact_type: text("contact_type")?,
        email: text("contact_email"),
        description: text("contact_desc"),
    })
}

fn texts(item: &HashMap<String, AttributeValue>) -> Item {
    let text = |value: &AttributeValue| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        other => format!("{other:?}"),
    };
    item.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
