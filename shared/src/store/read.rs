//! Reads by key.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};

use super::{
    attributes::Item,
    capacity::{consumed_units, count_throttles},
    error::StoreError,
    keys::Key,
    retry::{Progress, Retries},
    table::{MAX_CONCURRENT_CALLS, Store},
};
use crate::{concurrency::try_join_bounded, context::OperationContext};

/// The most keys of a `BatchGetItem` (its API reference).
pub(super) const MAX_KEYS_PER_REQUEST: usize = 100;

type KeyAttributes = HashMap<String, AttributeValue>;

impl Store {
    /// Reads the items that exist, with strong consistency and in no particular order.
    ///
    /// `keys` must hold no key twice: DynamoDB refuses such a call.
    pub(super) async fn read(
        &self,
        context: &OperationContext,
        keys: Vec<Key>,
    ) -> Result<Vec<Item>, StoreError> {
        let chunks = keys.chunks(MAX_KEYS_PER_REQUEST).map(|chunk| self.read_chunk(context, chunk));
        Ok(try_join_bounded(MAX_CONCURRENT_CALLS, chunks).await?.into_iter().flatten().collect())
    }

    async fn read_chunk(&self, context: &OperationContext, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        // The keys that the last call left unprocessed; before the first call, `None` for all.
        let mut unprocessed: Option<Vec<KeyAttributes>> = None;
        let mut retries = Retries::new(context);
        loop {
            let wanted = match &unprocessed {
                Some(keys) => keys.clone(),
                None => keys.iter().cloned().map(Key::into_attributes).collect(),
            };
            let progress = match self.read_once(context, wanted, &mut items).await {
                Ok(rest) if rest.is_empty() => Ok(Progress::Done(())),
                Ok(rest) => {
                    // 100 items are far below the size limit of a response, so the reason is throttling.
                    count_throttles(context, rest.len());
                    unprocessed = Some(rest);
                    Ok(Progress::Partial("keys were left unprocessed"))
                }
                Err(error) => Err(error),
            };
            if retries.done_or_wait(progress).await?.is_some() {
                return Ok(items);
            }
        }
    }

    /// Makes one call, adds the items in its response to `items`, and returns the keys that it left unprocessed.
    async fn read_once(
        &self,
        context: &OperationContext,
        keys: Vec<KeyAttributes>,
        items: &mut Vec<Item>,
    ) -> Result<Vec<KeyAttributes>, StoreError> {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build()?;
        let call = self
            .client()
            .batch_get_item()
            .request_items(self.table(), keys)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut response = self.attempt(context, call.send()).await?;
        context.count(|usage| usage.read_units += consumed_units(response.consumed_capacity()));
        let found = response.responses.as_mut().and_then(|tables| tables.remove(self.table()));
        items.extend(found.into_iter().flatten());
        let unprocessed = response.unprocessed_keys.and_then(|mut tables| tables.remove(self.table()));
        Ok(unprocessed.map_or_else(Vec::new, |unprocessed| unprocessed.keys))
    }
}
