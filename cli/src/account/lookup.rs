//! Reading accounts by their keys.

use std::collections::HashSet;

use contacts::{
    domain::{Account, AccountCode, AccountId, AccountName, AccountReference, TenantName},
    store::{AccountLookup, Found},
};

use crate::{connection::Connection, error::CliError};

/// Reads the account that the reference identifies; fails if there is none.
pub(super) async fn find_account(
    connection: &Connection,
    tenant: &TenantName,
    reference: &AccountReference,
) -> Result<Account, CliError> {
    let not_found = || {
        CliError::not_found(format!("the tenant `{tenant}` has no such account"))
            .advice(format!("`contacts account list {tenant}` lists its accounts"))
    };
    let keys = (reference.id(), reference.code(), reference.name());
    let lookup = look_up(connection, tenant, keys).await?;
    let Found::One(id) = lookup.find(reference) else { return Err(not_found()) };
    let mut accounts = connection.call(connection.store.accounts(tenant, HashSet::from([id]))).await?;
    accounts.remove(&id).ok_or_else(not_found)
}

/// Reads which of the keys exist.
pub(super) async fn look_up(
    connection: &Connection,
    tenant: &TenantName,
    (id, code, name): (Option<AccountId>, Option<&AccountCode>, Option<&AccountName>),
) -> Result<AccountLookup, CliError> {
    let (ids, codes) = (id.into_iter().collect(), code.cloned().into_iter().collect());
    let names = name.cloned().into_iter().collect();
    connection.call(connection.store.look_up_accounts(tenant, ids, codes, names)).await
}
