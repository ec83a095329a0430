//! The settings of an import, from its arguments: the service, the token, and the account of rows that give
//! none.

use contacts_core::domain::AccountReference;
use serde::Serialize;

use super::{arguments::ImportArgs, read::AccountKeys};
use crate::{
    api::{AccountParams, ApiSettings},
    connection::TargetArgs,
    error::CliError,
};

/// The settings of an import.
pub(super) struct ImportSettings {
    /// The service and the token.
    pub(super) api: ApiSettings,
    /// The account of rows that have no account of their own.
    default_account: Option<AccountReference>,
    /// Whether requests only validate.
    is_dry_run: bool,
}

impl ImportSettings {
    /// Reads the arguments; fails with a usage error.
    pub(super) fn new(target: &TargetArgs, args: &ImportArgs) -> Result<Self, CliError> {
        let default_account =
            AccountReference::new(args.account_id, args.account_code.clone(), args.account_name.clone());
        let api = ApiSettings::new(target, &args.api)?;
        Ok(Self { api, default_account, is_dry_run: args.dry_run })
    }

    /// Returns the keys of the account of rows that give none.
    pub(super) fn default_account_keys(&self) -> AccountKeys {
        let account = self.default_account.as_ref();
        AccountKeys::new(|name| match name {
            "account_id" => Some(account?.id()?.to_string().into()),
            "account_code" => Some(account?.code()?.as_str().into()),
            _ => Some(account?.name()?.as_str().into()),
        })
    }

    /// Formats the start of each request body, up to its first item.
    pub(super) fn body_prefix(&self) -> String {
        #[derive(Serialize)]
        struct UpsertRequest<'s> {
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            validate_only: bool,
            #[serde(flatten)]
            account: AccountParams<'s>,
            list_items: [(); 0],
        }
        let account = AccountParams::new(self.default_account.as_ref());
        let request = UpsertRequest { validate_only: self.is_dry_run, account, list_items: [] };
        let json = serde_json::to_string(&request).expect("numbers and text serialise");
        json.strip_suffix("]}").expect("the empty list of items comes last").to_owned()
    }
}
