//! The other calls that can write the same contacts, through the same client. Each does the least that it
//! can: it looks up and creates no account, reads no contact, and does not retry a call that fails.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, ConsumedCapacity, Put, PutRequest, ReturnConsumedCapacity, ReturnValue,
        TransactWriteItem, WriteRequest,
    },
};
use contacts_core::{
    context::{OperationId, Usage},
    domain::{AccountId, Revision, TenantName},
    upsert::{Change, Fields, Item},
};
use embedded_dynamodb::TABLE;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::error::Result;

/// The same bound as the service's.
const MAX_CONCURRENT_CALLS: usize = 32;

/// `BatchWriteItem`'s limit (its API reference).
const MAX_WRITES_PER_BATCH: usize = 25;

/// `TransactWriteItems`' limit (its API reference).
const MAX_WRITES_PER_TRANSACTION: usize = 100;

/// The update of a contact. Only the update that creates it sets `created_by`.
const UPDATE_EXPRESSION: &str = "SET link_id = :link_id, revision = :revision, account_id = :account_id, \
                       created_by = if_not_exists(created_by, :created_by), \
                       contact_name = :contact_name, contact_mobile_num = :contact_mobile_num, \
                       contact_type = :contact_type, contact_email = :contact_email, \
                       contact_desc = :contact_desc";

/// Writes a tenant's contacts into the partitions in which the service looks for them.
pub(super) struct Baseline<'a> {
    pub(super) client: &'a Client,
    pub(super) tenant: &'a TenantName,
    pub(super) account: AccountId,
    pub(super) operation: &'a OperationId,
}

impl Baseline<'_> {
    /// Puts the contacts by `BatchWriteItem`, whether or not they exist. It cannot tell a created contact
    /// from an updated one, and of two concurrent writes the later replaces every field.
    pub(super) async fn batch_write(&self, items: &[Item]) -> Result<Usage> {
        let calls = items.chunks(MAX_WRITES_PER_BATCH).map(|batch| self.put_batch(batch));
        sum_of(calls).await
    }

    /// Creates the contacts by `TransactWriteItems`, each on condition that it does not exist.
    pub(super) async fn transact_write(&self, items: &[Item]) -> Result<Usage> {
        let calls = items.chunks(MAX_WRITES_PER_TRANSACTION).map(|batch| self.transact(batch));
        sum_of(calls).await
    }

    /// Updates the contacts one by one by `UpdateItem`, which creates those that do not exist. The returned
    /// old values tell a created contact from an updated one.
    pub(super) async fn update_each(&self, items: &[Item]) -> Result<Usage> {
        sum_of(items.iter().map(|item| self.update(item))).await
    }

    async fn put_batch(&self, batch: &[Item]) -> Result<Usage> {
        let mut usage = Usage::default();
        let mut unprocessed = batch.iter().map(|item| self.put_request(item)).collect::<Result<Vec<_>>>()?;
        while !unprocessed.is_empty() {
            let response = self
                .client
                .batch_write_item()
                .request_items(TABLE, unprocessed)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await?;
            usage.round_trips += 1;
            usage.write_units += write_units(response.consumed_capacity())?;
            // DynamoDB leaves out what it has processed.
            unprocessed = response.unprocessed_items.and_then(|mut of| of.remove(TABLE)).unwrap_or_default();
        }
        Ok(usage)
    }

    async fn transact(&self, batch: &[Item]) -> Result<Usage> {
        let puts = batch.iter().map(|item| {
            let put = Put::builder()
                .table_name(TABLE)
                .set_item(Some(self.stored_item(item)))
                .condition_expression("attribute_not_exists(pk)")
                .build()?;
            Ok(TransactWriteItem::builder().put(put).build())
        });
        let response = self
            .client
            .transact_write_items()
            .set_transact_items(Some(puts.collect::<Result<_>>()?))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        let write_units = write_units(response.consumed_capacity())?;
        Ok(Usage { round_trips: 1, write_units, ..Usage::default() })
    }

    async fn update(&self, item: &Item) -> Result<Usage> {
        let [(pk, partition), (sk, sort)] = self.key(item);
        let attributes = self.attributes(item);
        let values = attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
        let response = self
            .client
            .update_item()
            .table_name(TABLE)
            .key(pk, partition)
            .key(sk, sort)
            .update_expression(UPDATE_EXPRESSION)
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        let write_units = write_units(response.consumed_capacity.as_slice())?;
        Ok(Usage { round_trips: 1, write_units, ..Usage::default() })
    }

    fn put_request(&self, item: &Item) -> Result<WriteRequest> {
        let put = PutRequest::builder().set_item(Some(self.stored_item(item))).build()?;
        Ok(WriteRequest::builder().put_request(put).build())
    }

    /// The contact as the service stores it.
    fn stored_item(&self, item: &Item) -> HashMap<String, AttributeValue> {
        let attributes = self.key(item).into_iter().chain(self.attributes(item));
        attributes.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn key(&self, item: &Item) -> [Attribute; 2] {
        let id = set(item.contact).contact_id(self.tenant);
        [
            ("pk", AttributeValue::S(format!("{}#CONTACT#{:x}", self.tenant, id.get() % 16))),
            ("sk", AttributeValue::S(id.to_string())),
        ]
    }

    fn attributes(&self, item: &Item) -> [Attribute; 9] {
        let Fields { name, mobile_number, contact_type, email, description } = &item.fields;
        [
            ("link_id", text(&set(item.contact.and_then(|contact| contact.link_id())).to_string())),
            ("revision", text(Revision::unique().as_str())),
            ("created_by", text(self.operation.as_str())),
            ("account_id", AttributeValue::N(self.account.to_string())),
            ("contact_name", text(set(name.as_ref()).as_str())),
            ("contact_mobile_num", text(set(mobile_number.as_ref()).as_str())),
            ("contact_type", text(set(contact_type.as_ref()).as_str())),
            ("contact_email", text(set(new_value(email)).as_str())),
            ("contact_desc", text(set(new_value(description)).as_str())),
        ]
    }
}

type Attribute = (&'static str, AttributeValue);

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn set<T>(field: Option<T>) -> T {
    field.expect("contact fixtures have every field")
}

fn new_value<T>(change: &Change<T>) -> Option<&T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}

fn write_units(consumed: &[ConsumedCapacity]) -> Result<f64> {
    let units = consumed.iter().map(ConsumedCapacity::capacity_units).sum::<Option<f64>>();
    Ok(units.ok_or("DynamoDB returned a ConsumedCapacity without units")?)
}

/// Makes the calls concurrently, and adds up their usage. The first error ends it.
async fn sum_of(calls: impl Iterator<Item = impl Future<Output = Result<Usage>>>) -> Result<Usage> {
    let add = async |sum: Usage, one: Usage| {
        Ok(Usage {
            round_trips: sum.round_trips + one.round_trips,
            write_units: sum.write_units + one.write_units,
            ..sum
        })
    };
    stream::iter(calls).buffer_unordered(MAX_CONCURRENT_CALLS).try_fold(Usage::default(), add).await
}
