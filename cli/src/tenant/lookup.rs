//! The argument that names a tenant, and reading that tenant from the table.

use clap::Args;
use contacts_core::{
    domain::{Tenant, TenantName},
    store::ListedTenant,
};

use crate::{
    connection::Connection,
    error::{CliError, ErrorClass},
};

/// The tenant of a command that takes no other arguments.
#[derive(Args)]
pub(crate) struct TenantArgs {
    /// Name of the tenant.
    #[arg(value_parser = TenantName::parse)]
    pub(crate) tenant: TenantName,
}

/// Reads the tenant; fails if there is none or if it is being deleted.
pub(crate) async fn active_tenant(connection: &Connection, name: &TenantName) -> Result<Tenant, CliError> {
    match connection.call(connection.store.listed_tenant(name)).await? {
        Some(ListedTenant::Active(tenant)) => Ok(tenant),
        Some(ListedTenant::BeingDeleted(_)) => Err(being_deleted(ErrorClass::NotFound, name)),
        None => Err(tenant_not_found(name)),
    }
}

pub(super) fn tenant_not_found(name: &TenantName) -> CliError {
    CliError::not_found(format!("there is no tenant `{name}`"))
        .advice("`contacts tenant list` lists the tenants")
}

pub(super) fn being_deleted(class: ErrorClass, name: &TenantName) -> CliError {
    CliError::new(class, format!("the tenant `{name}` is being deleted"))
        .advice(format!("`contacts tenant delete {name}` finishes the deletion"))
}

/// The error of a write that was rejected because the tenant was added a moment ago.
pub(crate) fn just_added(name: &TenantName) -> CliError {
    CliError::unavailable(format!("the tenant `{name}` was just added")).advice("Run the command again")
}
