//! Whole partitions, page by page, so that memory holds a few pages whatever the table holds.

use std::{collections::HashMap, future};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::{
    Store, StoreError,
    attributes::Item,
    keys::{PK, SK},
};
use crate::domain::AccountId;

/// Of how many partitions the first page is read before it is asked for. Most are a page long.
const AHEAD: usize = 4;

/// What to read of a partition.
#[derive(Debug, Clone, Default)]
pub(super) struct Partition {
    /// Its key.
    pub(super) key: String,
    /// What sort keys begin with.
    pub(super) prefix: Option<&'static str>,
    /// Whose items to take. DynamoDB reads, and charges for, those of others too.
    pub(super) account: Option<AccountId>,
    /// Whether the items' keys are enough.
    pub(super) keys_only: bool,
}

/// A page is what DynamoDB reads at once: 1 MB of items.
struct Page {
    items: Vec<Item>,
    /// Where the next page begins, if there is one.
    next: Option<Item>,
}

impl Store {
    /// The pages of some partitions, in the order of the partitions and their sort keys. A page can be
    /// empty and yet have another after it.
    pub(super) fn pages(
        &self,
        partitions: impl IntoIterator<Item = Partition>,
    ) -> impl Stream<Item = Result<Vec<Item>, StoreError>> {
        stream::iter(partitions)
            .map(async |partition| {
                let first = self.page(&partition, None).await;
                first.map(|first| (partition, first))
            })
            .buffered(AHEAD)
            .map_ok(|(partition, first)| {
                let first_items = stream::once(future::ready(Ok(first.items)));
                first_items.chain(self.following(partition, first.next))
            })
            .try_flatten()
    }

    fn following(
        &self,
        partition: Partition,
        start: Option<Item>,
    ) -> impl Stream<Item = Result<Vec<Item>, StoreError>> {
        stream::try_unfold((partition, start), async |(partition, start)| {
            if start.is_none() {
                return Ok(None);
            }
            let page = self.page(&partition, start).await?;
            Ok(Some((page.items, (partition, page.next))))
        })
    }

    async fn page(&self, partition: &Partition, start: Option<Item>) -> Result<Page, StoreError> {
        let (condition, values) = partition.condition();
        let call = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .set_filter_expression(partition.account.map(|_| "account_id = :account".to_owned()))
            .set_projection_expression(partition.keys_only.then(|| format!("{PK}, {SK}")))
            .set_exclusive_start_key(start);
        self.until_answered(|| async {
            let answer = self.attempt(call.clone().send()).await?;
            Ok(Page { items: answer.items.unwrap_or_default(), next: answer.last_evaluated_key })
        })
        .await
    }
}

impl Partition {
    fn condition(&self) -> (&'static str, HashMap<String, AttributeValue>) {
        let mut values = HashMap::from([(":pk".to_owned(), AttributeValue::S(self.key.clone()))]);
        if let Some(account) = self.account {
            values.insert(":account".to_owned(), AttributeValue::N(account.to_string()));
        }
        match self.prefix {
            None => ("pk = :pk", values),
            Some(prefix) => {
                values.insert(":prefix".to_owned(), AttributeValue::S(prefix.to_owned()));
                ("pk = :pk AND begins_with(sk, :prefix)", values)
            }
        }
    }
}
