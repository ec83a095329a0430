//! An account as the tool prints it.

use contacts_core::domain::Account;
use serde::Serialize;

use crate::output::{TableColumn, optional_cell};

/// An account as the tool prints it.
#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the fields have the names that the API uses")]
pub(super) struct AccountRecord {
    pub(super) account_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
}

pub(super) const ACCOUNT_COLUMNS: &[TableColumn<AccountRecord>] = &[
    ("account_id", |record| record.account_id.to_string()),
    ("account_code", |record| optional_cell(record.account_code.as_deref())),
    ("account_name", |record| optional_cell(record.account_name.as_deref())),
];

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        Self {
            account_id: account.id.get(),
            account_code: account.code.as_ref().map(|code| code.as_str().to_owned()),
            account_name: account.name.as_ref().map(|name| name.as_str().to_owned()),
        }
    }
}
