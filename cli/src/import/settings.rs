//! What the command line says, read: where to send the rows, as whom, and what every call begins with.

use std::net::IpAddr;

use contacts::domain::{AccountReference, TenantName, Token};
use reqwest::Url;
use serde_json::{Map, Value};

use super::ImportArguments;
use crate::{arguments::Arguments, failure::Failure};

/// Where `make run` serves unless it is told otherwise.
const LOCAL_URL: &str = "http://127.0.0.1:9000";

/// Whom to call, and how.
pub(super) struct Settings {
    /// Where upserts go.
    pub(super) endpoint: Url,
    /// Whether that is on this machine.
    pub(super) on_this_machine: bool,
    /// What the calls show.
    pub(super) token: String,
    /// Whose token it is.
    pub(super) tenant: TenantName,
    /// The account of rows that name none.
    pub(super) account: Option<AccountReference>,
}

impl Settings {
    /// Reads them; fails with [`Failure::Usage`].
    pub(super) fn read(arguments: &Arguments, import: &ImportArguments) -> Result<Self, Failure> {
        let url = match &import.url {
            Some(url) => url,
            None if arguments.place.local => LOCAL_URL,
            None => {
                return usage(
                    "say where the service is: --url, or CONTACTS_URL, is the stack's output `ApiUrl`; or --local",
                );
            }
        };
        let Some(token) = import.token.as_deref().map(str::trim) else {
            return usage(
                "say who is calling: put a token into CONTACTS_TOKEN (`contacts token issue` makes one)",
            );
        };
        let Some(Token { tenant, .. }) = Token::parse(token).filter(|_| token.is_ascii()) else {
            return usage("CONTACTS_TOKEN (or --token) is not a token: those look like <tenant>.<secret>");
        };
        let (endpoint, on_this_machine) = endpoint(url)?;
        if arguments.place.local && !on_this_machine {
            return usage(&format!(
                "--local is for a service on this machine, which `{url}` isn't: leave --local out, or that URL \
                 (--url, or the variable CONTACTS_URL)"
            ));
        }
        let account = AccountReference::new(
            import.account_id,
            import.account_code.clone(),
            import.account_name.clone(),
        );
        Ok(Self { endpoint, on_this_machine, token: token.to_owned(), tenant, account })
    }

    /// What a call's body begins with, up to its first item.
    pub(super) fn body_prefix(&self) -> String {
        let mut params = Map::new();
        if let Some(account) = &self.account {
            let mut put = |name: &str, value: Option<Value>| {
                params.extend(value.map(|value| (name.to_owned(), value)));
            };
            put("account_id", account.id().map(|id| id.get().into()));
            put("account_code", account.code().map(|code| code.as_str().into()));
            put("account_name", account.name().map(|name| name.as_str().into()));
        }
        let params = Value::Object(params).to_string();
        let separator = if params == "{}" { "" } else { "," };
        format!("{}{separator}\"list_items\":[", params.trim_end_matches('}'))
    }
}

/// Where upserts go, and whether that is on this machine. A token is never sent over a network in the
/// clear.
fn endpoint(url: &str) -> Result<(Url, bool), Failure> {
    let wrong = |why: &str| Failure::Usage(format!("the service's URL can't be `{url}`: {why}"));
    let mut endpoint = Url::parse(url.trim()).map_err(|error| wrong(&error.to_string()))?;
    let host = endpoint.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let on_this_machine =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match endpoint.scheme() {
        "https" => {}
        "http" if on_this_machine => {}
        "http" => return Err(wrong("the token would go over the network unencrypted; use https")),
        _ => return Err(wrong("it must begin with https://")),
    }
    if endpoint.query().is_some() || endpoint.fragment().is_some() {
        return Err(wrong("it must have no `?` and no `#`"));
    }
    let path = format!("{}/contacts", endpoint.path().trim_end_matches('/'));
    endpoint.set_path(&path);
    Ok((endpoint, on_this_machine))
}

fn usage<T>(sentence: &str) -> Result<T, Failure> {
    Err(Failure::Usage(sentence.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upserts_go_to_contacts_below_the_url() {
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
            assert!(matches!(endpoint(url), Err(Failure::Usage(_))), "{url}");
        }
    }
}
