//! A tenant's end. It takes several calls and may be broken off after any of them; begun anew, it
//! finishes. The functions never call this.
//!
//! What a caller has to keep to: tokens first, so that nobody new gets in; then the tenant's own item;
//! then to wait until no warm function knows the tenant any more; then all data; its place in the list of
//! tenants last, so that a deletion that was broken off is seen there.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, DeleteRequest, Put, TransactWriteItem, WriteRequest};
use futures_util::{Stream, TryStreamExt};

use super::{
    Backoff, MAX_CALLS, Store, StoreError,
    attributes::Item,
    keys::{Key, Kind, TOKEN},
    query::Partition,
};
use crate::{concurrently, domain::TenantName};

/// How many writes a `BatchWriteItem` takes (its API reference).
const WRITES_A_CALL: usize = 25;

impl Store {
    /// Removes all tokens of a tenant and says how many there were.
    pub async fn remove_tokens(&self, tenant: &TenantName) -> Result<usize, StoreError> {
        self.remove([tokens(tenant)]).try_fold(0, async |sum, removed| Ok(sum + removed)).await
    }

    /// Removes a tenant's own item, whether or not it is there; from then on the tenant is listed as being
    /// deleted.
    pub async fn retire_tenant(&self, tenant: &TenantName) -> Result<(), StoreError> {
        let key = Key::tenant(tenant).into_attributes();
        let delete = Delete::builder().table_name(&*self.table).set_key(Some(key));
        let delete = delete.build()?;
        let place = Key::listed(tenant).into_attributes();
        let put = Put::builder().table_name(&*self.table).set_item(Some(place)).build()?;
        let writes = [
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().put(put).build(),
        ];
        self.transact(&writes).await.map(drop)
    }

    /// Removes all data of a tenant that is retired, some at a time, and says each time how many items
    /// are gone. Tokens that were issued after [`Self::remove_tokens`] go with it.
    pub fn remove_data(&self, tenant: &TenantName) -> impl Stream<Item = Result<usize, StoreError>> {
        let kinds = [Kind::Contact, Kind::Account, Kind::Code, Kind::Name];
        let keys = kinds.into_iter().flat_map(|kind| kind.partitions(tenant));
        let data: Vec<_> = keys.map(|key| Partition { key, ..Partition::default() }).collect();
        self.remove([tokens(tenant)].into_iter().chain(data))
    }

    /// Takes a tenant off the list of tenants.
    pub async fn forget_tenant(&self, tenant: &TenantName) -> Result<(), StoreError> {
        self.remove_items(&[Key::listed(tenant).into_attributes()]).await
    }

    fn remove(
        &self,
        partitions: impl IntoIterator<Item = Partition>,
    ) -> impl Stream<Item = Result<usize, StoreError>> {
        let partitions = partitions.into_iter().map(|one| Partition { keys_only: true, ..one });
        self.pages(partitions).and_then(async |keys: Vec<Item>| {
            let batches = keys.chunks(WRITES_A_CALL).map(|batch| self.remove_items(batch));
            concurrently::all(MAX_CALLS, batches).await?;
            Ok(keys.len())
        })
    }

    /// Removes up to 25 items by their keys.
    async fn remove_items(&self, keys: &[HashMap<String, AttributeValue>]) -> Result<(), StoreError> {
        let deletes = keys.iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            let delete = delete?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        });
        let mut writes: Vec<_> = deletes.collect::<Result<_, StoreError>>()?;
        let mut backoff = Backoff::new();
        loop {
            let call = self.client.batch_write_item().request_items(&*self.table, writes.clone());
            let why = match self.attempt(call.send()).await.map_err(StoreError::from) {
                Ok(answer) => {
                    let left = answer.unprocessed_items.and_then(|mut tables| tables.remove(&*self.table));
                    match left {
                        Some(left) if !left.is_empty() => writes = left,
                        _ => return Ok(()),
                    }
                    "writes were left unprocessed".to_owned()
                }
                Err(error) if error.is_transient() => error.to_string(),
                Err(error) => return Err(error),
            };
            self.back_off(&mut backoff, why).await;
        }
    }
}

fn tokens(tenant: &TenantName) -> Partition {
    Partition { key: tenant.to_string(), prefix: Some(TOKEN), ..Partition::default() }
}
