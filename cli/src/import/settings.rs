//! The settings of an import, from its arguments: the service, the token, and the account of rows that give
//! none.

use std::net::IpAddr;

use contacts_core::domain::{AccountReference, TenantName, Token};
use reqwest::Url;
use serde::Serialize;

use super::{arguments::ImportArgs, read::AccountKeys};
use crate::{connection::TargetArgs, error::CliError};

/// The URL of the service that `make run` starts.
const LOCAL_URL: &str = "http://127.0.0.1:9000";

/// The settings of an import.
pub(super) struct ImportSettings {
    /// The URL of upsert requests.
    pub(super) endpoint: Url,
    /// Whether the endpoint is on this machine.
    pub(super) is_loopback: bool,
    pub(super) token: String,
    /// The tenant of the token.
    pub(super) tenant: TenantName,
    /// The account of rows that give none.
    default_account: Option<AccountReference>,
    /// Whether requests only validate.
    is_dry_run: bool,
}

impl ImportSettings {
    /// Reads the arguments; fails with a usage error.
    pub(super) fn new(target: &TargetArgs, args: &ImportArgs) -> Result<Self, CliError> {
        let url = match &args.url {
            Some(url) => url,
            None if target.local => LOCAL_URL,
            None => {
                return Err(CliError::usage("the service's URL is not set").advice(
                    "Set --url or CONTACTS_URL to the stack's output `ApiUrl`, or add --local for the stack that \
                     `make run` starts",
                ));
            }
        };
        let Some(token) = args.token.as_deref().map(str::trim) else {
            return Err(CliError::usage("no token is set")
                .advice("Set CONTACTS_TOKEN to a token; `contacts token issue` issues one"));
        };
        let Some(Token { tenant, .. }) = Token::parse(token).filter(|_| token.is_ascii()) else {
            return Err(CliError::usage("CONTACTS_TOKEN (or --token) is not a token")
                .advice("A token looks like <tenant>.<secret>"));
        };
        let (endpoint, is_loopback) = endpoint(url)?;
        if target.local && !is_loopback {
            let message =
                format!("--local is for a service on this machine, but the service's URL is `{url}`");
            return Err(CliError::usage(message).advice("Remove --local, or the URL (--url or CONTACTS_URL)"));
        }
        let default_account =
            AccountReference::new(args.account_id, args.account_code.clone(), args.account_name.clone());
        Ok(Self {
            endpoint,
            is_loopback,
            token: token.to_owned(),
            tenant,
            default_account,
            is_dry_run: args.dry_run,
        })
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
            #[serde(skip_serializing_if = "Option::is_none")]
            account_id: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            account_code: Option<&'s str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            account_name: Option<&'s str>,
            list_items: [(); 0],
        }
        let account = self.default_account.as_ref();
        let request = UpsertRequest {
            validate_only: self.is_dry_run,
            account_id: account.and_then(|account| Some(account.id()?.get())),
            account_code: account.and_then(|account| Some(account.code()?.as_str())),
            account_name: account.and_then(|account| Some(account.name()?.as_str())),
            list_items: [],
        };
        let json = serde_json::to_string(&request).expect("numbers and text serialise");
        json.strip_suffix("]}").expect("the empty list of items comes last").to_owned()
    }
}

/// Parses the service's URL. Returns the URL of upsert requests, and whether it is on this machine. Rejects
/// URLs to which a token would be sent unencrypted over a network.
fn endpoint(url: &str) -> Result<(Url, bool), CliError> {
    let invalid = |problem: &str| CliError::usage(format!("the service's URL can't be `{url}`: {problem}"));
    let mut endpoint = Url::parse(url.trim())
        .map_err(|error| CliError::usage(format!("the service's URL can't be `{url}`")).caused_by(error))?;
    let scheme = endpoint.scheme();
    if !["https", "http"].contains(&scheme) {
        return Err(invalid("it must begin with https://"));
    }
    let host = endpoint.host_str().expect("an http or https URL has a host").trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if scheme == "http" && !is_loopback {
        return Err(invalid("the token would be sent unencrypted; use https"));
    }
    if endpoint.query().is_some() || endpoint.fragment().is_some() {
        return Err(invalid("it must not have a `?` or `#`"));
    }
    let path = format!("{}/contacts", endpoint.path().trim_end_matches('/'));
    endpoint.set_path(&path);
    Ok((endpoint, is_loopback))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    #[test]
    fn upserts_are_sent_to_contacts_below_the_url() {
        for (url, expected) in [
            ("https://api.example.com", "https://api.example.com/contacts"),
            ("https://api.example.com/", "https://api.example.com/contacts"),
            ("https://api.example.com/prod/", "https://api.example.com/prod/contacts"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/contacts"),
            ("http://[::1]:9000", "http://[::1]:9000/contacts"),
            ("http://localhost", "http://localhost/contacts"),
        ] {
            assert_eq!(endpoint(url).unwrap().0.as_str(), expected);
        }
    }

    #[test]
    fn a_token_is_never_sent_unencrypted_over_a_network() {
        for url in
            ["http://api.example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://a", "a"]
        {
            assert_eq!(endpoint(url).unwrap_err().class(), ErrorClass::Usage, "{url}");
        }
    }
}
