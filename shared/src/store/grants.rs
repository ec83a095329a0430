//! Tenants, who a token belongs to, and what it may be used for.

use jiff::Timestamp;

use super::{
    Store, StoreError,
    attributes::{Item, corrupt, optional_digits, text, texts},
    keys::{Key, SK},
};
use crate::domain::{ContactTypes, Right, Tenant, TenantName, TimeZone, Token, TokenGrant};

impl Store {
    /// The tenant and the grant behind a token, if there is such a token and it is still good.
    pub async fn grant(&self, token: Token) -> Result<Option<(Tenant, TokenGrant)>, StoreError> {
        let cached = (token.tenant, token.digest);
        if let Some(grant) = self.caches.grants.get(&cached) {
            return Ok(Some(grant).filter(|(_, grant)| grant.is_current()));
        }
        let (name, digest) = &cached;
        let keys = vec![Key::tenant(name), Key::token(name, digest)];
        let mut tenant = None;
        let mut grant = None;
        for item in self.read(keys).await? {
            if text(&item, SK)? == "TENANT" {
                tenant = Some(tenant_of(name.clone(), &item)?);
            } else {
                grant = Some(grant_of(&item)?);
            }
        }
        let found = tenant.zip(grant).filter(|(_, grant)| grant.is_current());
        if let Some(found) = &found {
            self.caches.grants.insert(cached, found.clone());
        }
        Ok(found)
    }
}

impl Store {
    /// A tenant, for a trigger that shows no token.
    pub async fn tenant(&self, name: &TenantName) -> Result<Option<Tenant>, StoreError> {
        if let Some(tenant) = self.caches.tenants.get(name) {
            return Ok(Some(tenant));
        }
        let items = self.read(vec![Key::tenant(name)]).await?;
        let tenant = items.first().map(|item| tenant_of(name.clone(), item)).transpose()?;
        if let Some(tenant) = &tenant {
            self.caches.tenants.insert(name.clone(), tenant.clone());
        }
        Ok(tenant)
    }
}

pub(super) fn tenant_of(name: TenantName, item: &Item) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        name,
        time_zone: TimeZone::parse(text(item, "time_zone")?).map_err(corrupt("time_zone"))?,
        contact_types: ContactTypes::parse(&texts(item, "contact_types")?)
            .map_err(corrupt("contact_types"))?,
    })
}

pub(super) fn grant_of(item: &Item) -> Result<TokenGrant, StoreError> {
    let words = texts(item, "rights")?;
    let rights: Result<_, _> = words.iter().map(|word| Right::parse(word)).collect();
    let expires_at = optional_digits(item, "expires_at")?.map(moment).transpose()?;
    Ok(TokenGrant {
        rights: rights.map_err(corrupt("rights"))?,
        label: text(item, "label")?.to_owned(),
        expires_at,
    })
}

fn moment(seconds: &str) -> Result<Timestamp, StoreError> {
    let seconds = seconds.parse().ok();
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or(StoreError::Corrupt("expires_at"))
}
