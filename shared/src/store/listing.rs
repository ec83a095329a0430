//! What there is: all tenants, and a tenant's tokens, accounts and contacts. The functions never call
//! this.

use std::collections::HashMap;

use futures_util::{Stream, TryStreamExt, future};

use super::{
    Store, StoreError,
    accounts::account_of,
    attributes::{Item, corrupt, text},
    contacts::stored_contact,
    grants::{grant_of, tenant_of},
    keys::{Key, Kind, PK, SK, TENANTS, TOKEN},
    query::Partition,
};
use crate::domain::{Account, AccountId, Contact, SecretDigest, Tenant, TenantName, TokenGrant};

/// A tenant as the list of tenants knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedTenant {
    /// It is there, with these settings.
    Active(Tenant),
    /// Its deletion has begun and not yet ended.
    BeingDeleted(TenantName),
}

impl Store {
    /// All tenants, by name.
    pub async fn tenants(&self) -> Result<Vec<ListedTenant>, StoreError> {
        let list = Partition { key: TENANTS.to_owned(), ..Partition::default() };
        let places: Vec<Item> = self.pages([list]).try_concat().await?;
        let names = places.iter().map(|place| TenantName::parse(text(place, SK)?).map_err(corrupt(SK)));
        let names: Vec<_> = names.collect::<Result<_, _>>()?;
        let mut tenants = HashMap::with_capacity(names.len());
        for item in self.read(names.iter().map(Key::tenant).collect()).await? {
            let name = TenantName::parse(text(&item, PK)?).map_err(corrupt(PK))?;
            tenants.insert(name.clone(), tenant_of(name, &item)?);
        }
        let listed = names.into_iter().map(|name| match tenants.remove(&name) {
            Some(tenant) => ListedTenant::Active(tenant),
            None => ListedTenant::BeingDeleted(name),
        });
        Ok(listed.collect())
    }

    /// One tenant, as it is now.
    pub async fn listed_tenant(&self, name: &TenantName) -> Result<Option<ListedTenant>, StoreError> {
        let items = self.read(vec![Key::tenant(name), Key::listed(name)]).await?;
        for item in &items {
            if text(item, PK)? == name.as_str() {
                return tenant_of(name.clone(), item).map(ListedTenant::Active).map(Some);
            }
        }
        Ok((!items.is_empty()).then(|| ListedTenant::BeingDeleted(name.clone())))
    }

    /// All tokens of a tenant, by fingerprint.
    pub async fn tokens(&self, tenant: &TenantName) -> Result<Vec<(SecretDigest, TokenGrant)>, StoreError> {
        let tokens = Partition { key: tenant.to_string(), prefix: Some(TOKEN), ..Partition::default() };
        let items: Vec<Item> = self.pages([tokens]).try_concat().await?;
        items.iter().map(token_of).collect()
    }

    /// All accounts of a tenant, some at a time.
    pub fn all_accounts(&self, tenant: &TenantName) -> impl Stream<Item = Result<Vec<Account>, StoreError>> {
        let partitions = Kind::Account.partitions(tenant);
        let pages = self.pages(partitions.map(|key| Partition { key, ..Partition::default() }));
        pages.and_then(|items| future::ready(items.iter().map(account_of).collect()))
    }

    /// All contacts of a tenant or of one of its accounts, some at a time. Either way every contact of the
    /// tenant is read, because there is no index by account. The same contacts come in the same order.
    pub fn all_contacts(
        &self,
        tenant: &TenantName,
        account: Option<AccountId>,
    ) -> impl Stream<Item = Result<Vec<Contact>, StoreError>> {
        let partitions = Kind::Contact.partitions(tenant);
        let pages = self.pages(partitions.map(move |key| Partition { key, account, ..Partition::default() }));
        pages.and_then(|items| {
            let contacts = items.iter().map(|item| stored_contact(item).map(|stored| stored.contact));
            future::ready(contacts.collect())
        })
    }
}

fn token_of(item: &Item) -> Result<(SecretDigest, TokenGrant), StoreError> {
    let digest = text(item, SK)?.strip_prefix(TOKEN).ok_or(StoreError::Corrupt(SK))?;
    Ok((SecretDigest::stored(digest.to_owned()), grant_of(item)?))
}
