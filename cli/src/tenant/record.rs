//! A tenant as the tool prints it.

use contacts_core::{domain::Tenant, store::ListedTenant};
use serde::Serialize;

use crate::output::{TableColumn, optional_cell};

/// A tenant as the tool prints it. A tenant that is being deleted has no settings.
#[derive(Serialize)]
pub(super) struct TenantRecord {
    tenant: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_types: Option<Vec<String>>,
}

pub(super) const TENANT_COLUMNS: &[TableColumn<TenantRecord>] = &[
    ("tenant", |record| record.tenant.clone()),
    ("state", |record| record.state.replace('_', " ")),
    ("time_zone", |record| optional_cell(record.time_zone.as_deref())),
    ("contact_types", |record| {
        optional_cell(record.contact_types.as_ref().map(|words| words.join(",")).as_deref())
    }),
];

impl From<&ListedTenant> for TenantRecord {
    fn from(tenant: &ListedTenant) -> Self {
        match tenant {
            ListedTenant::Active(tenant) => tenant.into(),
            ListedTenant::BeingDeleted(name) => Self {
                tenant: name.to_string(),
                state: "being_deleted",
                time_zone: None,
                contact_types: None,
            },
        }
    }
}

impl From<&Tenant> for TenantRecord {
    fn from(tenant: &Tenant) -> Self {
        Self {
            tenant: tenant.name.to_string(),
            state: "active",
            time_zone: Some(tenant.time_zone.name().to_owned()),
            contact_types: Some(tenant.contact_types.words().to_vec()),
        }
    }
}
