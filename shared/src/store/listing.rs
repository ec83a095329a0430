//! Lists of all tenants, and of a tenant's tokens, accounts and contacts, for the operator's tool. The functions don't call
//! these methods.

use std::collections::HashMap;

use futures_util::{Stream, TryStreamExt, future};

use super::{
    accounts::account_of,
    attributes::{Item, corrupt, text},
    auth::{grant_of, tenant_of},
    contacts::stored_contact,
    error::StoreError,
    keys::{ItemKind, Key, PK, SK, TENANTS, TOKEN},
    query::Partition,
    table::Store,
};
use crate::{
    context::OperationContext,
    domain::{Account, AccountId, Contact, SecretDigest, Tenant, TenantName, TokenGrant},
};

/// An entry in the list of tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedTenant {
    /// A tenant, with its settings.
    Active(Tenant),
    /// A tenant whose deletion has started and not ended.
    BeingDeleted(TenantName),
}

impl Store {
    /// Lists all tenants, ordered by name.
    pub async fn tenants(&self) -> Result<Vec<ListedTenant>, StoreError> {
        let list = Partition { key: TENANTS.to_owned(), ..Partition::default() };
        let entries: Vec<Item> = self.pages(None, [list]).try_concat().await?;
        let names = entries.iter().map(|entry| TenantName::parse(text(entry, SK)?).map_err(corrupt(SK)));
        let names: Vec<_> = names.collect::<Result<_, _>>()?;
        let mut tenants = HashMap::with_capacity(names.len());
        let context = OperationContext::without_deadline();
        for item in self.read(&context, names.iter().map(Key::tenant).collect()).await? {
            let name = TenantName::parse(text(&item, PK)?).map_err(corrupt(PK))?;
            tenants.insert(name.clone(), tenant_of(name, &item)?);
        }
        let listed = names.into_iter().map(|name| match tenants.remove(&name) {
            Some(tenant) => ListedTenant::Active(tenant),
            None => ListedTenant::BeingDeleted(name),
        });
        Ok(listed.collect())
    }

    /// Reads one tenant, past the cache; `None` if there is no such tenant.
    pub async fn listed_tenant(&self, name: &TenantName) -> Result<Option<ListedTenant>, StoreError> {
        let keys = vec![Key::tenant(name), Key::tenant_entry(name)];
        let items = self.read(&OperationContext::without_deadline(), keys).await?;
        for item in &items {
            if text(item, PK)? == name.as_str() {
                return tenant_of(name.clone(), item).map(ListedTenant::Active).map(Some);
            }
        }
        Ok((!items.is_empty()).then(|| ListedTenant::BeingDeleted(name.clone())))
    }

    /// Lists all tokens of a tenant, with the digests of their secrets.
    pub async fn tokens(&self, tenant: &TenantName) -> Result<Vec<(SecretDigest, TokenGrant)>, StoreError> {
        let tokens =
            Partition { key: tenant.to_string(), prefix: Some(TOKEN.to_owned()), ..Partition::default() };
        let items: Vec<Item> = self.pages(None, [tokens]).try_concat().await?;
        items.iter().map(token_of).collect()
    }

    /// Lists all accounts of a tenant, page by page.
    pub fn all_accounts(&self, tenant: &TenantName) -> impl Stream<Item = Result<Vec<Account>, StoreError>> {
        let partitions = ItemKind::Account.partitions(tenant);
        let pages = self.pages(None, partitions.map(|key| Partition { key, ..Partition::default() }));
        pages.and_then(|items| future::ready(items.iter().map(account_of).collect()))
    }

    /// Lists all contacts of a tenant, or of one of its accounts, page by page and always in the same order. Every contact
    /// of the tenant is read in either case, because there is no index by account. The usage is counted in `context`.
    pub fn all_contacts(
        &self,
        context: &OperationContext,
        tenant: &TenantName,
        account: Option<AccountId>,
    ) -> impl Stream<Item = Result<Vec<Contact>, StoreError>> {
        let partitions = ItemKind::Contact.partitions(tenant);
        let pages = self.pages(
            Some(context),
            partitions.map(move |key| Partition { key, account, ..Partition::default() }),
        );
        pages.and_then(|items| {
            let contacts = items.iter().map(|item| stored_contact(item).map(|stored| stored.contact));
            future::ready(contacts.collect())
        })
    }
}

fn token_of(item: &Item) -> Result<(SecretDigest, TokenGrant), StoreError> {
    let digest = text(item, SK)?.strip_prefix(TOKEN).ok_or(StoreError::no_valid(SK))?;
    Ok((SecretDigest::stored(digest.to_owned()), grant_of(item)?))
}
