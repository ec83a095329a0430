//! A tenant that calls the service, with the token it shows.

use contacts::{
    domain::{ContactTypes, Right, Secret, Tenant, TenantName, TimeZone, TokenGrant},
    store::Store,
};

use crate::Failure;

/// A tenant, and a token of its that is good for everything.
pub(crate) struct Caller {
    pub(crate) tenant: Tenant,
    pub(crate) token: String,
    secret: Secret,
}

impl Caller {
    /// Registers a tenant of this name, which has nothing in the table yet.
    pub(crate) async fn register(store: &Store, name: &str) -> Result<Self, Failure> {
        let tenant = Tenant {
            name: TenantName::parse(name)?,
            time_zone: TimeZone::parse("Europe/Kiev")?,
            contact_types: ContactTypes::default(),
        };
        let secret = Secret::random();
        let token = secret.token_of(&tenant.name);
        let caller = Self { tenant, token, secret };
        caller.register_again(store).await?;
        Ok(caller)
    }

    /// Registers it in a table that was made anew.
    pub(crate) async fn register_again(&self, store: &Store) -> Result<(), Failure> {
        let rights = vec![Right::Upsert, Right::Delete];
        let grant = TokenGrant { rights, label: "benchmark".to_owned(), expires_at: None };
        store.put_tenant(&self.tenant).await?;
        store.put_token(&self.tenant.name, &self.secret.digest(), &grant).await?;
        Ok(())
    }
}
