//! Helpers of this crate's tests: a store with its own table, and short constructors of domain values. The table is in an
//! embedded DynamoDB, or in the one at `CONTACTS_TEST_DYNAMODB_URL`.

use aws_sdk_dynamodb::{Client, config::retry::RetryConfig, types::AttributeValue};
use embedded_dynamodb::{Difference, TestTable};

use crate::{
    context::OperationContext,
    domain::{
        AccountCode, AccountId, AccountName, AccountReference, ContactName, ContactReference, ContactTypes,
        LinkId, MobileNumber, Tenant, TenantName, TimeZone,
    },
    store::Store,
    upsert::{Fields, Item},
};

/// A store with an empty table, which is dropped with this.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) table: TestTable,
}

impl TestStore {
    pub(crate) async fn start() -> Self {
        let table = TestTable::create().await.unwrap();
        Self { store: store_at(table.url(), table.name()), table }
    }

    /// The same table through a store that has cached nothing, as in a function that has just started.
    pub(crate) fn cold_store(&self) -> Store {
        store_at(self.table.url(), self.table.name())
    }

    /// The read units that batch reads of this many must be counted with: none if the DynamoDB doesn't report them.
    pub(crate) fn units_of_batch_reads(&self, units: f64) -> f64 {
        if self.table.has(Difference::NoUnitsOfBatchReads) { 0.0 } else { units }
    }

    /// Lets the records of all idempotency keys expire. They stay in the table, as on AWS for some time.
    pub(crate) async fn expire_keys(&self) {
        let (client, table) = (self.store.client(), self.table.name());
        let items = client.scan().table_name(table).send().await.unwrap().items.unwrap();
        for mut item in items.into_iter().filter(|item| item.contains_key("time_to_live")) {
            item.insert("time_to_live".to_owned(), AttributeValue::N("1000".to_owned()));
            client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
        }
    }
}

/// A store with a table of the DynamoDB at this URL.
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

/// The context of a new operation.
pub(crate) fn context() -> OperationContext {
    OperationContext::without_deadline()
}

/// The `link_id` of a number.
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

/// An item with all fields that a new contact must have.
pub(crate) fn new_contact(number: u128, account: AccountReference) -> Item {
    Item {
        contact: Some(ContactReference::LinkId(link_id(number))),
        account: Some(account),
        fields: Fields {
            name: ContactName::parse(&format!("Contact {number}")).ok(),
            mobile_number: MobileNumber::parse(&format!("067_{number}")).ok(),
            ..Fields::default()
        },
    }
}
