//! Authentication: the tenant and the grant of a token, and a tenant by its name.

use jiff::Timestamp;

use super::{
    attributes::{Item, corrupt, optional_digits, text, texts},
    error::StoreError,
    keys::{Key, SK},
    table::Store,
};
use crate::{
    context::OperationContext,
    domain::{ContactTypes, Right, Tenant, TenantName, TimeZone, Token, TokenGrant},
};

impl Store {
    /// The tenant and the grant of a token; `None` if there is no such token or it has expired.
    pub async fn authenticate(
        &self,
        context: &OperationContext,
        token: Token,
    ) -> Result<Option<(Tenant, TokenGrant)>, StoreError> {
        let cache_key = (token.tenant, token.digest);
        if let Some(grant) = self.caches().grants.get(&cache_key) {
            return Ok(Some(grant).filter(|(_, grant)| grant.is_current()));
        }
        let (name, digest) = &cache_key;
        let keys = vec![Key::tenant(name), Key::token(name, digest)];
        let mut tenant = None;
        let mut grant = None;
        for item in self.read(context, keys).await? {
            if text(&item, SK)? == "TENANT" {
                tenant = Some(tenant_of(name.clone(), &item)?);
            } else {
                grant = Some(grant_of(&item)?);
            }
        }
        let found = tenant.zip(grant).filter(|(_, grant)| grant.is_current());
        if let Some(found) = &found {
            self.caches().grants.insert(cache_key, found.clone());
        }
        Ok(found)
    }

    /// The tenant of this name, for triggers without a token; `None` if there is no such tenant.
    pub async fn tenant(
        &self,
        context: &OperationContext,
        name: &TenantName,
    ) -> Result<Option<Tenant>, StoreError> {
        if let Some(tenant) = self.caches().tenants.get(name) {
            return Ok(Some(tenant));
        }
        let items = self.read(context, vec![Key::tenant(name)]).await?;
        let tenant = items.first().map(|item| tenant_of(name.clone(), item)).transpose()?;
        if let Some(tenant) = &tenant {
            self.caches().tenants.insert(name.clone(), tenant.clone());
        }
        Ok(tenant)
    }
}

pub(super) fn tenant_of(name: TenantName, item: &Item) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        name,
        time_zone: TimeZone::from_stored(text(item, "time_zone")?).map_err(corrupt("time_zone"))?,
        contact_types: ContactTypes::parse(&texts(item, "contact_types")?)
            .map_err(corrupt("contact_types"))?,
    })
}

pub(super) fn grant_of(item: &Item) -> Result<TokenGrant, StoreError> {
    let words = texts(item, "rights")?;
    let rights: Result<_, _> = words.iter().map(|word| Right::parse(word)).collect();
    let expires_at = optional_digits(item, "expires_at")?.map(timestamp).transpose()?;
    Ok(TokenGrant {
        rights: rights.map_err(corrupt("rights"))?,
        label: text(item, "label")?.to_owned(),
        expires_at,
    })
}

fn timestamp(seconds: &str) -> Result<Timestamp, StoreError> {
    let seconds = seconds.parse().ok();
    let timestamp = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    timestamp.ok_or(StoreError::no_valid("expires_at"))
}
