//! The whole table, as it is after a schedule.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use embedded_dynamodb::TABLE;

use crate::{Failure, model::Contact, request::Account};

/// An item's attributes, all as text.
type Item = BTreeMap<String, String>;

/// What the table holds.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The contacts, by id.
    pub(crate) contacts: BTreeMap<u64, StoredContact>,
    accounts: BTreeMap<u64, Item>,
    codes: BTreeMap<String, u64>,
    names: BTreeMap<String, u64>,
    /// What is there and must not be.
    pub(crate) faults: Vec<String>,
}

/// A contact with its ids.
#[derive(Debug)]
pub(crate) struct StoredContact {
    pub(crate) link_id: String,
    pub(crate) contact: Contact,
}

/// Which account a request means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// This one.
    One(u64),
    /// None that there is, or different ones by code and by name.
    None,
}

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

impl Table {
    /// Reads all there is. `tenant` is the only one.
    pub(crate) async fn read(client: &Client, tenant: &str) -> Result<Self, Failure> {
        let scan = client.scan().table_name(TABLE).consistent_read(true);
        let items: Result<Vec<_>, _> = scan.into_paginator().items().send().collect().await;
        let mut table = Self::default();
        for item in items? {
            let item = texts(&item);
            if table.take(tenant, &item).is_none() {
                table.faults.push(format!("an item that nobody wrote: {item:?}"));
            }
        }
        table.check_accounts();
        Ok(table)
    }

    /// Puts an item in its place; none if there is no place for it.
    fn take(&mut self, tenant: &str, item: &Item) -> Option<()> {
        let (pk, sk) = (item.get("pk")?, item.get("sk")?);
        if pk == "TENANTS" && sk == tenant {
            // Its place in the list of tenants.
            return Some(());
        }
        let rest = pk.strip_prefix(tenant)?;
        let mut parts = rest.split('#').skip(1);
        match (parts.next(), parts.next()) {
            (None, None) => (sk == "TENANT" || sk.starts_with("TOKEN#")).then_some(()),
            (Some("ACCOUNT"), Some(bucket)) => {
                let id = sk.parse().ok()?;
                is_bucket_of(bucket, id)?;
                self.accounts.insert(id, item.clone());
                Some(())
            }
            (Some("CODE"), Some(_)) => {
                self.codes.insert(sk.clone(), item.get("account_id")?.parse().ok()?).is_none().then_some(())
            }
            (Some("NAME"), Some(_)) => {
                self.names.insert(sk.clone(), item.get("account_id")?.parse().ok()?).is_none().then_some(())
            }
            (Some("CONTACT"), Some(bucket)) => {
                let id = sk.parse().ok()?;
                is_bucket_of(bucket, id)?;
                let stored = stored_contact(item)?;
                self.contacts.insert(id, stored);
                Some(())
            }
            _ => None,
        }
    }

    /// An account has a code exactly if the code is its own, and the same with its name; and a contact has
    /// an account that there is.
    fn check_accounts(&mut self) {
        let mut faults = Vec::new();
        for (attribute, texts) in [("account_code", &self.codes), ("account_name", &self.names)] {
            let claimed = texts.iter().map(|(text, id)| (*id, text.clone()));
            let has = |(id, item): (&u64, &Item)| item.get(attribute).map(|text| (*id, text.clone()));
            let mut claimed: Vec<_> = claimed.collect();
            let mut given: Vec<_> = self.accounts.iter().filter_map(has).collect();
            claimed.sort();
            given.sort();
            if claimed != given {
                faults
                    .push(format!("accounts whose {attribute} isn't theirs: {given:?}, claimed {claimed:?}"));
            }
        }
        for (id, stored) in &self.contacts {
            if !self.accounts.contains_key(&stored.contact.account) {
                faults.push(format!("contact {id} is on an account that there isn't"));
            }
        }
        self.faults.extend(faults);
    }

    /// The account that a request means. Once a code or a name is somebody's it stays so; what the table
    /// says in the end was true all the time since the account was there.
    pub(crate) fn meant_by(&self, account: Account) -> Meant {
        let by_code = account.code.map(|code| self.codes.get(code));
        let by_name = account.name.map(|name| self.names.get(name));
        match (by_code, by_name) {
            (Some(Some(id)), None) | (None, Some(Some(id))) => Meant::One(*id),
            (Some(Some(one)), Some(Some(other))) if one == other => Meant::One(*one),
            _ => Meant::None,
        }
    }

    /// The ids of all accounts.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = u64> {
        self.accounts.keys().copied()
    }
}

fn is_bucket_of(bucket: &str, id: u64) -> Option<()> {
    (bucket == format!("{:x}", id % 16)).then_some(())
}

fn stored_contact(item: &Item) -> Option<StoredContact> {
    let text = |name: &str| item.get(name).cloned();
    if !item.keys().all(|name| CONTACT.contains(&name.as_str())) || text("revision").is_none() {
        return None;
    }
    text("created_by")?;
    let contact = Contact {
        account: text("account_id")?.parse().ok()?,
        name: text("contact_name")?,
        number: text("contact_mobile_num")?,
        kind: text("contact_type")?,
        email: text("contact_email"),
        description: text("contact_desc"),
        created_unheard_by: None,
    };
    Some(StoredContact { link_id: text("link_id")?, contact })
}

fn texts(item: &HashMap<String, AttributeValue>) -> Item {
    let text = |value: &AttributeValue| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        other => format!("{other:?}"),
    };
    item.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
