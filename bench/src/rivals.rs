//! The same contacts written in other ways, by the same client, each as one would write it who wanted
//! nothing else: no account is looked up or made, no contact is read, and a call that fails isn't made
//! again.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, Put, PutRequest, ReturnConsumedCapacity, ReturnValue, TransactWriteItem, WriteRequest,
    },
};
use contacts::{
    domain::{
        AccountId, ContactId, ContactName, ContactType, Description, Email, MobileNumber, Revision,
        TenantName,
    },
    store::{OperationId, Usage},
    upsert::{Change, Item},
};
use embedded_dynamodb::TABLE;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Failure;

/// How many calls are under way at once: as many as the service makes.
const CALLS: usize = 32;

/// How many writes a `BatchWriteItem` takes (its API reference).
const WRITES_A_CALL: usize = 25;

/// How many writes a `TransactWriteItems` takes (its API reference).
const WRITES_A_TRANSACTION: usize = 100;

/// What an `UpdateItem` sets. Whoever created the contact stays.
const CHANGES: &str = "SET link_id = :link_id, revision = :revision, account_id = :account_id, \
                       created_by = if_not_exists(created_by, :created_by), \
                       contact_name = :contact_name, contact_mobile_num = :contact_mobile_num, \
                       contact_type = :contact_type, contact_email = :contact_email, \
                       contact_desc = :contact_desc";

/// A way into the table for those who know where a tenant's contacts stand.
pub(crate) struct Rival<'a> {
    pub(crate) client: &'a Client,
    pub(crate) tenant: &'a TenantName,
    pub(crate) account: AccountId,
    pub(crate) operation: &'a OperationId,
}

impl Rival<'_> {
    /// Puts the contacts, 25 a call, whether or not they are there: the least that DynamoDB can be asked
    /// for. It can't tell created from updated, and whoever comes last wins every field.
    pub(crate) async fn batch_write(&self, items: &[Item]) -> Result<Usage, Failure> {
        let calls = items.chunks(WRITES_A_CALL).map(|batch| self.put(batch));
        stream::iter(calls).buffer_unordered(CALLS).try_fold(Usage::default(), sum).await
    }

    /// Creates the contacts in transactions, on condition that none of them is there.
    pub(crate) async fn transact_write(&self, items: &[Item]) -> Result<Usage, Failure> {
        let calls = items.chunks(WRITES_A_TRANSACTION).map(|batch| self.transact(batch));
        stream::iter(calls).buffer_unordered(CALLS).try_fold(Usage::default(), sum).await
    }

    /// Updates the contacts one by one, which creates those that aren't there: the old values, or that
    /// there are none, tell created from updated.
    pub(crate) async fn update_each(&self, items: &[Item]) -> Result<Usage, Failure> {
        let calls = items.iter().map(|item| self.update(item));
        stream::iter(calls).buffer_unordered(CALLS).try_fold(Usage::default(), sum).await
    }

    async fn put(&self, batch: &[Item]) -> Result<Usage, Failure> {
        let mut usage = Usage::default();
        let mut open = batch.iter().map(|item| self.put_request(item)).collect::<Result<Vec<_>, _>>()?;
        while !open.is_empty() {
            let answer = self
                .client
                .batch_write_item()
                .request_items(TABLE, open)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await?;
            usage.round_trips += 1;
            usage.write_units +=
                answer.consumed_capacity().iter().filter_map(|of| of.capacity_units).sum::<f64>();
            open = answer.unprocessed_items.and_then(|mut of| of.remove(TABLE)).unwrap_or_default();
        }
        Ok(usage)
    }

    async fn transact(&self, batch: &[Item]) -> Result<Usage, Failure> {
        let puts = batch.iter().map(|item| {
            let put = Put::builder()
                .table_name(TABLE)
                .set_item(Some(self.whole(item)?))
                .condition_expression("attribute_not_exists(pk)")
                .build()?;
            Ok(TransactWriteItem::builder().put(put).build())
        });
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(puts.collect::<Result<_, Failure>>()?))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        let write_units = answer.consumed_capacity().iter().filter_map(|of| of.capacity_units).sum();
        Ok(Usage { round_trips: 1, write_units, ..Usage::default() })
    }

    fn put_request(&self, item: &Item) -> Result<WriteRequest, Failure> {
        let put = PutRequest::builder().set_item(Some(self.whole(item)?)).build()?;
        Ok(WriteRequest::builder().put_request(put).build())
    }

    fn whole(&self, item: &Item) -> Result<HashMap<String, AttributeValue>, Failure> {
        let (key, attributes) = self.contact(item)?;
        Ok(key.into_iter().chain(attributes).map(|(name, value)| (name.to_owned(), value)).collect())
    }

    async fn update(&self, item: &Item) -> Result<Usage, Failure> {
        let ([(pk, partition), (sk, sort)], attributes) = self.contact(item)?;
        let values = attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
        let answer = self
            .client
            .update_item()
            .table_name(TABLE)
            .key(pk, partition)
            .key(sk, sort)
            .update_expression(CHANGES)
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        let write_units = answer.consumed_capacity.and_then(|of| of.capacity_units).unwrap_or_default();
        Ok(Usage { round_trips: 1, write_units, ..Usage::default() })
    }

    /// A contact's key and its other attributes, as the service stores them.
    fn contact(&self, item: &Item) -> Result<([Attribute; 2], [Attribute; 9]), Failure> {
        let link_id = item.link_id.ok_or("an item without a link_id")?;
        let id = ContactId::derive(self.tenant, link_id);
        let key = [
            ("pk", AttributeValue::S(format!("{}#CONTACT#{:x}", self.tenant, id.get() % 16))),
            ("sk", AttributeValue::S(id.to_string())),
        ];
        let fields = &item.fields;
        let attributes = [
            ("link_id", AttributeValue::S(link_id.to_string())),
            ("revision", text(Revision::unique().as_str())),
            ("created_by", AttributeValue::S(self.operation.to_string())),
            ("account_id", AttributeValue::N(self.account.to_string())),
            ("contact_name", given(fields.name.as_ref().map(ContactName::as_str))?),
            ("contact_mobile_num", given(fields.mobile_number.as_ref().map(MobileNumber::as_str))?),
            ("contact_type", given(fields.kind.as_ref().map(ContactType::as_str))?),
            ("contact_email", given(set(&fields.email).map(Email::as_str))?),
            ("contact_desc", given(set(&fields.description).map(Description::as_str))?),
        ];
        Ok((key, attributes))
    }
}

type Attribute = (&'static str, AttributeValue);

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn given(value: Option<&str>) -> Result<AttributeValue, Failure> {
    Ok(text(value.ok_or("an item without all of its fields")?))
}

fn set<T>(change: &Change<T>) -> Option<&T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}

async fn sum(all: Usage, one: Usage) -> Result<Usage, Failure> {
    Ok(Usage {
        round_trips: all.round_trips + one.round_trips,
        write_units: all.write_units + one.write_units,
        ..all
    })
}
