//! The tenant that a section calls the service as.

use contacts_core::{domain::TenantName, store::Store};
use fixture::TenantFixture;

use crate::error::Result;

/// Registers a tenant of this name, with a token that has every right.
pub(crate) async fn register_tenant(store: &Store, name: &str) -> Result<TenantFixture> {
    let fixture = TenantFixture::new(TenantName::parse(name)?, "benchmark");
    fixture.store(store).await?;
    Ok(fixture)
}
