//! Helpers of this crate's tests: a store with the tenant `zegoal` and a token of it, and short constructors.

use aws_sdk_dynamodb::{Client, config::retry::RetryConfig};
use contacts_core::{
    domain::{
        AccountId, Contact, ContactId, ContactName, ContactType, LinkId, MobileNumber, Tenant, TenantName,
    },
    store::Store,
};
use embedded_dynamodb::TestTable;
use fixture::TenantFixture;

/// A store with a table that has only the tenant `zegoal` and a token with every right. The table is dropped with this.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) token: String,
    table: TestTable,
}

impl TestStore {
    pub(crate) async fn start() -> Self {
        let table = TestTable::create().await.unwrap();
        let config = embedded_dynamodb::client_settings(table.url());
        let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        let store = Store::new(client, table.name());
        let tenant = fixture();
        tenant.store(&store).await.unwrap();
        Self { store, token: tenant.token().to_owned(), table }
    }

    pub(crate) fn table_name(&self) -> &str {
        self.table.name()
    }
}

pub(crate) fn tenant() -> Tenant {
    fixture().tenant
}

fn fixture() -> TenantFixture {
    TenantFixture::new(TenantName::parse("zegoal").unwrap(), "test")
}

/// A contact with this number.
pub(crate) fn contact(number: u128) -> Contact {
    Contact {
        id: ContactId::derive(&tenant().name, link_id(number)),
        link_id: link_id(number),
        account: AccountId::parse("3").unwrap(),
        name: ContactName::parse("Ann").unwrap(),
        mobile_number: MobileNumber::parse("067_0").unwrap(),
        contact_type: ContactType::default(),
        email: None,
        description: None,
    }
}

/// The `link_id` of a number.
pub(crate) fn link_id(number: u128) -> LinkId {
    LinkId::parse(&uuid::Uuid::from_u128(number + 1).to_string()).unwrap()
}
