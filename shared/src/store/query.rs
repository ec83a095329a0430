//! Queries of whole partitions, page by page: memory holds a few pages, however large the table is.

use std::{collections::HashMap, future};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::{
    attributes::Item,
    capacity::consumed_units,
    error::StoreError,
    keys::{PK, SK},
    retry::{Progress, Retries},
    table::Store,
};
use crate::{context::OperationContext, domain::AccountId};

/// The number of partitions whose first page is read ahead. Most partitions have one page.
const READ_AHEAD: usize = 4;

/// The part of a partition to read.
#[derive(Debug, Clone, Default)]
pub(super) struct Partition {
    /// The partition key.
    pub(super) key: String,
    /// A prefix of the sort keys.
    pub(super) prefix: Option<String>,
    /// The account whose items to return. DynamoDB reads, and charges for, items of other accounts too.
    pub(super) account: Option<AccountId>,
    /// Whether to return only the keys of items.
    pub(super) keys_only: bool,
}

/// A page of a query: up to 1 MB of items.
struct Page {
    items: Vec<Item>,
    /// The start key of the next page, if there is one.
    next: Option<Item>,
}

impl Store {
    /// The pages of partitions, in the order of the partitions and their sort keys. An empty page may be followed by
    /// others. Their usage is counted in `context`, if there is one.
    pub(super) fn pages(
        &self,
        context: Option<&OperationContext>,
        partitions: impl IntoIterator<Item = Partition>,
    ) -> impl Stream<Item = Result<Vec<Item>, StoreError>> {
        stream::iter(partitions)
            .map(move |partition| async move {
                let first = self.counted_page(context, &partition, None).await;
                first.map(|first| (partition, first))
            })
            .buffered(READ_AHEAD)
            .map_ok(move |(partition, first)| {
                let first_items = stream::once(future::ready(Ok(first.items)));
                first_items.chain(self.following(context, partition, first.next))
            })
            .try_flatten()
    }

    fn following(
        &self,
        context: Option<&OperationContext>,
        partition: Partition,
        start: Option<Item>,
    ) -> impl Stream<Item = Result<Vec<Item>, StoreError>> {
        stream::try_unfold((partition, start), move |(partition, start)| async move {
            if start.is_none() {
                return Ok(None);
            }
            let page = self.counted_page(context, &partition, start).await?;
            Ok(Some((page.items, (partition, page.next))))
        })
    }

    /// Reads a page, and counts its usage in `context`, if there is one.
    async fn counted_page(
        &self,
        context: Option<&OperationContext>,
        partition: &Partition,
        start: Option<Item>,
    ) -> Result<Page, StoreError> {
        match context {
            Some(context) => self.page(context, partition, start).await,
            None => self.page(&OperationContext::without_deadline(), partition, start).await,
        }
    }

    /// All items of a partition, for an operation. Only for partitions of a known size.
    pub(super) async fn all_of(
        &self,
        context: &OperationContext,
        partition: &Partition,
    ) -> Result<Vec<Item>, StoreError> {
        let mut page = self.page(context, partition, None).await?;
        let mut items = page.items;
        while page.next.is_some() {
            page = self.page(context, partition, page.next).await?;
            items.append(&mut page.items);
        }
        Ok(items)
    }

    async fn page(
        &self,
        context: &OperationContext,
        partition: &Partition,
        start: Option<Item>,
    ) -> Result<Page, StoreError> {
        let (condition, values) = partition.condition();
        let call = self
            .client()
            .query()
            .table_name(self.table())
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .set_filter_expression(partition.account.map(|_| "account_id = :account".to_owned()))
            .set_projection_expression(partition.keys_only.then(|| format!("{PK}, {SK}")))
            .set_exclusive_start_key(start);
        let mut retries = Retries::new(context);
        loop {
            let response = self.attempt(context, call.clone().send()).await.map_err(StoreError::from);
            let progress = response.map(|response| {
                let units = consumed_units(response.consumed_capacity.as_slice());
                context.count(|usage| usage.read_units += units);
                let items = response.items.expect("a query without `Select: COUNT` returns a list of items");
                Progress::Done(Page { items, next: response.last_evaluated_key })
            });
            if let Some(page) = retries.done_or_wait(progress).await? {
                return Ok(page);
            }
        }
    }
}

impl Partition {
    fn condition(&self) -> (&'static str, HashMap<String, AttributeValue>) {
        let mut values = HashMap::from([(":pk".to_owned(), AttributeValue::S(self.key.clone()))]);
        if let Some(account) = self.account {
            values.insert(":account".to_owned(), AttributeValue::N(account.to_string()));
        }
        match &self.prefix {
            None => ("pk = :pk", values),
            Some(prefix) => {
                values.insert(":prefix".to_owned(), AttributeValue::S(prefix.clone()));
                ("pk = :pk AND begins_with(sk, :prefix)", values)
            }
        }
    }
}
