//! Reads by key, as many as asked for.

use std::collections::HashMap;

use super::{Backoff, MAX_CALLS, Store, StoreError, attributes::Item, keys::Key, usage::charged};
use crate::concurrently;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};

/// How many keys a `BatchGetItem` takes (its API reference).
pub(super) const KEYS_A_CALL: usize = 100;

impl Store {
    /// Reads the items that are there, in no particular order, each as of its latest write.
    ///
    /// `keys` must hold no key twice, or DynamoDB refuses the call.
    pub(super) async fn read(&self, keys: Vec<Key>) -> Result<Vec<Item>, StoreError> {
        let chunks = keys.chunks(KEYS_A_CALL).map(|chunk| self.read_chunk(chunk));
        Ok(concurrently::all(MAX_CALLS, chunks).await?.into_iter().flatten().collect())
    }

    async fn read_chunk(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        // What a call has left; before that, all.
        let mut left: Option<Vec<HashMap<String, AttributeValue>>> = None;
        let mut backoff = Backoff::new();
        loop {
            let wanted =
                left.clone().unwrap_or_else(|| keys.iter().cloned().map(Key::into_attributes).collect());
            let why = match self.read_once(wanted, &mut items).await {
                Ok(unprocessed) if unprocessed.is_empty() => return Ok(items),
                Ok(unprocessed) => {
                    // A hundred items are far below what an answer can hold, so this is throttling.
                    self.count_throttles(unprocessed.len());
                    left = Some(unprocessed);
                    "keys were left unprocessed".to_owned()
                }
                Err(error) if error.is_transient() => error.to_string(),
                Err(error) => return Err(error),
            };
            self.back_off(&mut backoff, why).await;
        }
    }

    /// Adds to `items` what one call brings, and returns the keys that it left for another.
    async fn read_once(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
        items: &mut Vec<Item>,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|_| StoreError::Refused("no keys to read".to_owned()))?;
        let call = self
            .client
            .batch_get_item()
            .request_items(&*self.table, wanted)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut answer = self.attempt(call.send()).await?;
        self.count(|usage| usage.read_units += charged(answer.consumed_capacity()));
        let found = answer.responses.as_mut().and_then(|tables| tables.remove(&*self.table));
        items.extend(found.unwrap_or_default());
        let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&*self.table));
        Ok(left.map(|left| left.keys).unwrap_or_default())
    }
}
