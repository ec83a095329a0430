//! Reading accounts by their keys.

use std::collections::HashSet;

use contacts_core::{
    domain::{Account, AccountReference, TenantName},
    store::{AccountLookup, AccountMatch},
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
    let lookup = look_up(connection, tenant, [reference]).await?;
    let (AccountMatch::Complete(id) | AccountMatch::Incomplete(id)) = lookup.find(reference) else {
        return Err(not_found());
    };
    let ids = HashSet::from([id]);
    let mut accounts = connection.call(connection.store.accounts(&connection.context, tenant, ids)).await?;
    accounts.remove(&id).ok_or_else(not_found)
}

/// Reads which keys of the references exist.
pub(super) async fn look_up(
    connection: &Connection,
    tenant: &TenantName,
    references: impl IntoIterator<Item = &AccountReference>,
) -> Result<AccountLookup, CliError> {
    connection.call(connection.store.look_up_accounts(&connection.context, tenant, references)).await
}
