//! Helpers of this crate's tests: a store with the tenant `zegoal`, and short constructors.

use aws_sdk_dynamodb::{Client, config::retry::RetryConfig};
use contacts_core::{
    domain::{ContactTypes, LinkId, Tenant, TenantName, TimeZone},
    store::Store,
};
use embedded_dynamodb::TestTable;

/// A store with a table that has only the tenant `zegoal`. The table is dropped with this.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    _table: TestTable,
}

impl TestStore {
    pub(crate) async fn start() -> Self {
        let table = TestTable::create().await.unwrap();
        let config = embedded_dynamodb::client_settings(table.url());
        let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        let store = Store::new(client, table.name());
        store.put_tenant(&tenant()).await.unwrap();
        Self { store, _table: table }
    }
}

pub(crate) fn tenant() -> Tenant {
    Tenant {
        name: TenantName::parse("zegoal").unwrap(),
        time_zone: TimeZone::parse("Europe/Kiev").unwrap(),
        contact_types: ContactTypes::default(),
    }
}

/// The `link_id` of a number.
pub(crate) fn link_id(number: u128) -> LinkId {
    LinkId::parse(&uuid::Uuid::from_u128(number + 1).to_string()).unwrap()
}
