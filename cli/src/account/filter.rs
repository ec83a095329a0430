//! Options that restrict a command to the contacts of one account.

use clap::Args;
use contacts_core::domain::{AccountCode, AccountId, AccountName, AccountReference, TenantName};

use super::lookup::find_account;
use crate::{connection::Connection, error::CliError};

/// The account to read contacts of; at most one option may be given.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct AccountFilterArgs {
    /// Only contacts of the account with this id.
    #[arg(id = "account_id", long = "account-id", value_name = "ID", value_parser = AccountId::parse)]
    id: Option<AccountId>,
    /// Only contacts of the account with this code.
    #[arg(id = "account_code", long = "account-code", value_name = "CODE", value_parser = AccountCode::parse)]
    code: Option<AccountCode>,
    /// Only contacts of the account with this name.
    #[arg(id = "account_name", long = "account-name", value_name = "NAME", value_parser = AccountName::parse)]
    name: Option<AccountName>,
}

impl AccountFilterArgs {
    /// Returns the key that was given; `None` if there is no restriction.
    pub(crate) fn reference(&self) -> Option<AccountReference> {
        AccountReference::new(self.id, self.code.clone(), self.name.clone())
    }

    /// Reads the id of the account; `None` if there is no restriction. Fails if there is no such account.
    pub(crate) async fn resolve(
        &self,
        connection: &Connection,
        tenant: &TenantName,
    ) -> Result<Option<AccountId>, CliError> {
        match self.reference() {
            Some(reference) => Ok(Some(find_account(connection, tenant, &reference).await?.id)),
            None => Ok(None),
        }
    }
}
