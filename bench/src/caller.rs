//! A tenant that calls the service, with the token it shows.

use contacts::{
    domain::{ContactTypes, Right, Secret, Tenant, TenantName, TimeZone, TokenGrant},
    store::Store,
};

use crate::Failure;

/// A tenant with nothing in the table yet, and with a token that is good for everything.
pub(crate) struct Caller {
    pub(crate) tenant: Tenant,
    pub(crate) token: String,
}

impl Caller {
    /// Registers a tenant of this name.
    pub(crate) async fn register(store: &Store, name: &str) -> Result<Self, Failure> {
        let tenant = Tenant {
            name: TenantName::parse(name)?,
            time_zone: TimeZone::parse("Europe/Kiev")?,
            contact_types: ContactTypes::default(),
        };
        let secret = Secret::random();
        let rights = vec![Right::Upsert, Right::Delete];
        let grant = TokenGrant { rights, label: "benchmark".to_owned(), expires_at: None };
        store.put_tenant(&tenant).await?;
        store.put_token(&tenant.name, &secret.digest(), &grant).await?;
        let token = secret.token_of(&tenant.name);
        Ok(Self { tenant, token })
    }
}
