//! Deletion of a tenant, for the operator's tool. It takes several calls and can be interrupted after any of them; when it
//! is started again, it finishes. The functions don't call these methods.
//!
//! The caller must keep this order: first the tokens, so that no new caller is authenticated; then the tenant's own item;
//! then a wait until no warm function has the tenant in its cache; then all data; at last the entry in the list of tenants,
//! which shows an interrupted deletion until then.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, DeleteRequest, Put, TransactWriteItem, WriteRequest};
use futures_util::{Stream, TryStreamExt};

use super::{
    attributes::Item,
    error::StoreError,
    keys::{ItemKind, Key, TOKEN},
    outcome::WriteOutcome,
    query::Partition,
    retry::{Progress, Retries},
    table::{MAX_CONCURRENT_CALLS, Store},
};
use crate::{concurrency::try_join_bounded, context::OperationContext, domain::TenantName};

/// The most writes of a `BatchWriteItem` (its API reference).
const MAX_WRITES_PER_REQUEST: usize = 25;

impl Store {
    /// Deletes all tokens of a tenant and returns their number.
    pub async fn remove_tokens(&self, tenant: &TenantName) -> Result<usize, StoreError> {
        self.remove([tokens(tenant)]).try_fold(0, async |sum, removed| Ok(sum + removed)).await
    }

    /// Deletes a tenant's own item, if it exists. From then on the tenant is listed as being deleted.
    pub async fn retire_tenant(&self, tenant: &TenantName) -> Result<(), StoreError> {
        let key = Key::tenant(tenant).into_attributes();
        let delete = Delete::builder().table_name(self.table()).set_key(Some(key));
        let delete = delete.build()?;
        let entry = Key::tenant_entry(tenant).into_attributes();
        let put = Put::builder().table_name(self.table()).set_item(Some(entry)).build()?;
        let writes = [
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().put(put).build(),
        ];
        let outcome = self.transact(&OperationContext::without_deadline(), &writes).await?;
        debug_assert_eq!(outcome, WriteOutcome::Applied, "the writes have no conditions");
        Ok(())
    }

    /// Deletes all data of a retired tenant, page by page, and returns the number of items of each page. Tokens that were
    /// issued after [`Self::remove_tokens`] are deleted too.
    pub fn remove_data(&self, tenant: &TenantName) -> impl Stream<Item = Result<usize, StoreError>> {
        let kinds =
            [ItemKind::Contact, ItemKind::Account, ItemKind::Code, ItemKind::Name, ItemKind::Idempotency];
        let keys = kinds.into_iter().flat_map(|kind| kind.partitions(tenant));
        let data: Vec<_> = keys.map(|key| Partition { key, ..Partition::default() }).collect();
        self.remove([tokens(tenant)].into_iter().chain(data))
    }

    /// Removes a tenant from the list of tenants.
    pub async fn forget_tenant(&self, tenant: &TenantName) -> Result<(), StoreError> {
        self.remove_items(&[Key::tenant_entry(tenant).into_attributes()]).await
    }

    fn remove(
        &self,
        partitions: impl IntoIterator<Item = Partition>,
    ) -> impl Stream<Item = Result<usize, StoreError>> {
        let partitions = partitions.into_iter().map(|one| Partition { keys_only: true, ..one });
        self.pages(None, partitions).and_then(async |keys: Vec<Item>| {
            let batches = keys.chunks(MAX_WRITES_PER_REQUEST).map(|batch| self.remove_items(batch));
            try_join_bounded(MAX_CONCURRENT_CALLS, batches).await?;
            Ok(keys.len())
        })
    }

    /// Deletes up to 25 items by their keys.
    async fn remove_items(&self, keys: &[HashMap<String, AttributeValue>]) -> Result<(), StoreError> {
        let deletes = keys.iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            let delete = delete?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        });
        let mut writes: Vec<_> = deletes.collect::<Result<_, StoreError>>()?;
        let context = &OperationContext::without_deadline();
        let mut retries = Retries::new(context);
        loop {
            let call = self.client().batch_write_item().request_items(self.table(), writes.clone());
            let response = self.attempt(context, call.send()).await.map_err(StoreError::from);
            let progress = response.map(|response| {
                let unprocessed =
                    response.unprocessed_items.and_then(|mut tables| tables.remove(self.table()));
                match unprocessed {
                    Some(rest) => {
                        writes = rest;
                        Progress::Partial("writes were left unprocessed")
                    }
                    None => Progress::Done(()),
                }
            });
            if retries.done_or_wait(progress).await?.is_some() {
                return Ok(());
            }
        }
    }
}

fn tokens(tenant: &TenantName) -> Partition {
    Partition { key: tenant.to_string(), prefix: Some(TOKEN.to_owned()), ..Partition::default() }
}
