//! The service's URL, and the URLs of its routes.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::CliError;

/// The URL of a service. A token can be sent to it without being readable on a network: it is an https URL, or
/// an address of this machine.
#[derive(Debug)]
pub(super) struct ServiceUrl {
    base: Url,
    is_loopback: bool,
}

impl ServiceUrl {
    /// Parses the URL; fails with a usage error.
    pub(super) fn parse(url: &str) -> Result<Self, CliError> {
        let invalid =
            |problem: &str| CliError::usage(format!("the service's URL can't be `{url}`: {problem}"));
        let base = Url::parse(url.trim()).map_err(|error| {
            CliError::usage(format!("the service's URL can't be `{url}`")).caused_by(error)
        })?;
        let scheme = base.scheme();
        if !["https", "http"].contains(&scheme) {
            return Err(invalid("it must begin with https://"));
        }
        let host = base.host_str().expect("an http or https URL has a host").trim_matches(['[', ']']);
        let is_loopback =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if scheme == "http" && !is_loopback {
            return Err(invalid("the token would be sent unencrypted; use https"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(invalid("it must not have a `?` or `#`"));
        }
        Ok(Self { base, is_loopback })
    }

    /// Whether it is an address of this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Returns the URL of a route, such as `/contacts`.
    pub(super) fn route(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    #[test]
    fn routes_are_below_the_path_of_the_url() {
        for (url, expected) in [
            ("https://api.example.com", "https://api.example.com/contacts"),
            ("https://api.example.com/", "https://api.example.com/contacts"),
            ("https://api.example.com/prod/", "https://api.example.com/prod/contacts"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/contacts"),
            ("http://[::1]:9000", "http://[::1]:9000/contacts"),
            ("http://localhost", "http://localhost/contacts"),
        ] {
            assert_eq!(ServiceUrl::parse(url).unwrap().route("/contacts").as_str(), expected);
        }
    }

    #[test]
    fn a_token_is_never_sent_unencrypted_over_a_network() {
        for url in
            ["http://api.example.com", "http://10.0.0.1", "http://localhost.example.com", "ftp://a", "a"]
        {
            assert_eq!(ServiceUrl::parse(url).unwrap_err().class(), ErrorClass::Usage, "{url}");
        }
    }
}
