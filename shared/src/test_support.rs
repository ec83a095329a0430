//! What tests of this crate share: a store on a table of its own, and shorthands for domain values. The
//! table is in an embedded DynamoDB, or in the one that `CONTACTS_TEST_DYNAMODB_URL` names.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, config::retry::RetryConfig};
use embedded_dynamodb::TestTable;
use tokio::time::Instant;

use crate::{
    domain::{
        AccountCode, AccountId, AccountName, AccountReference, ContactName, ContactTypes, LinkId,
        MobileNumber, Tenant, TenantName, TimeZone,
    },
    store::{OperationId, Store},
    upsert::{Fields, Item},
};

/// A store on an empty table, which lives as long as this does.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) table: TestTable,
}

impl TestStore {
    pub(crate) async fn start() -> Self {
        let table = TestTable::create().await.unwrap();
        Self { store: store_at(table.url(), table.name()), table }
    }
}

/// A store on a table of the DynamoDB at this address.
pub(crate) fn store_at(url: &str, table: &str) -> Store {
    let config = embedded_dynamodb::client_settings(url).retry_config(RetryConfig::disabled()).build();
    Store::new(Client::from_conf(config), table)
}

pub(crate) fn tenant() -> Tenant {
    Tenant {
        name: TenantName::parse("zegoal").unwrap(),
        time_zone: TimeZone::parse("Europe/Kiev").unwrap(),
        contact_types: ContactTypes::default(),
    }
}

/// An operation that is no other.
pub(crate) fn operation() -> OperationId {
    OperationId::new(&uuid::Uuid::new_v4().to_string())
}

/// A moment by which anything has begun.
pub(crate) fn some_time() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

/// One of as many `link_id`s as there are numbers.
pub(crate) fn link_id(number: u128) -> LinkId {
    LinkId::parse(&uuid::Uuid::from_u128(number + 1).to_string()).unwrap()
}

pub(crate) fn by_id(id: &str) -> AccountReference {
    AccountReference::new(AccountId::parse(id).ok(), None, None).unwrap()
}

pub(crate) fn by_code(code: &str) -> AccountReference {
    AccountReference::new(None, AccountCode::parse(code).ok(), None).unwrap()
}

pub(crate) fn by_name(name: &str) -> AccountReference {
    AccountReference::new(None, None, AccountName::parse(name).ok()).unwrap()
}

pub(crate) fn by_code_and_name(code: &str, name: &str) -> AccountReference {
    AccountReference::new(None, AccountCode::parse(code).ok(), AccountName::parse(name).ok()).unwrap()
}

/// An item that has all that a new contact needs.
pub(crate) fn new_contact(number: u128, account: AccountReference) -> Item {
    Item {
        contact_id: None,
        link_id: Some(link_id(number)),
        account: Some(account),
        fields: Fields {
            name: ContactName::parse(&format!("Contact {number}")).ok(),
            mobile_number: MobileNumber::parse(&format!("067_{number}")).ok(),
            ..Fields::default()
        },
    }
}
