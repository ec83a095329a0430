//! The tenant that a section calls the service as.

use contacts::{
    domain::{ContactTypes, Right, Secret, Tenant, TenantName, TimeZone, TokenGrant},
    store::Store,
};

use crate::error::Result;

/// A registered tenant, and a token of it that has every right.
pub(crate) struct TenantFixture {
    pub(crate) tenant: Tenant,
    pub(crate) token: String,
    secret: Secret,
}

impl TenantFixture {
    /// Registers a tenant of this name.
    pub(crate) async fn register(store: &Store, name: &str) -> Result<Self> {
        let tenant = Tenant {
            name: TenantName::parse(name)?,
            time_zone: TimeZone::parse("Europe/Kiev")?,
            contact_types: ContactTypes::default(),
        };
        let secret = Secret::random();
        let token = secret.token_of(&tenant.name);
        let fixture = Self { tenant, token, secret };
        fixture.register_again(store).await?;
        Ok(fixture)
    }

    /// Registers the same tenant and token again, after the table was recreated.
    pub(crate) async fn register_again(&self, store: &Store) -> Result<()> {
        let rights = vec![Right::Upsert, Right::Delete];
        let grant = TokenGrant { rights, label: "benchmark".to_owned(), expires_at: None };
        store.put_tenant(&self.tenant).await?;
        store.put_token(&self.tenant.name, &self.secret.digest(), &grant).await?;
        Ok(())
    }
}
