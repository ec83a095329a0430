//! The options of the commands that send requests to the API, and the settings read from them.

use clap::Args;
use contacts_core::domain::{TenantName, Token};

use super::service_url::ServiceUrl;
use crate::{connection::TargetArgs, environment::non_empty, error::CliError};

/// The URL of the service that `make run` starts.
const LOCAL_URL: &str = "http://127.0.0.1:9000";

/// The service to send requests to, and the token of these requests.
#[derive(Args)]
pub(crate) struct ApiArgs {
    /// URL of the service: the stack's output `ApiUrl`. With --local, an address of this machine; by default
    /// <http://127.0.0.1:9000>.
    #[arg(long, env = "CONTACTS_URL")]
    url: Option<String>,
    /// Token with the right `upsert` for an import, `delete` for `contacts contact delete`. Set it as the
    /// environment variable, because other users of this machine can see the arguments of a command.
    #[arg(long, env = "CONTACTS_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// The settings of the API's client.
pub(crate) struct ApiSettings {
    pub(super) url: ServiceUrl,
    pub(super) token: String,
    /// The tenant of the token.
    pub(crate) tenant: TenantName,
}

impl ApiSettings {
    /// Reads the arguments; fails with a usage error. An empty value counts as not set.
    pub(crate) fn new(target: &TargetArgs, args: &ApiArgs) -> Result<Self, CliError> {
        let url = match non_empty(args.url.as_deref()) {
            Some(url) => url,
            None if target.local => LOCAL_URL,
            None => {
                return Err(CliError::usage("the service's URL is not set").advice(
                    "Set --url or CONTACTS_URL to the stack's output `ApiUrl`, or add --local for the stack that \
                     `make run` starts",
                ));
            }
        };
        let Some(token) = non_empty(args.token.as_deref()) else {
            return Err(CliError::usage("no token is set")
                .advice("Set CONTACTS_TOKEN to a token; `contacts token issue` issues one"));
        };
        let Some(Token { tenant, .. }) = Token::parse(token).filter(|_| token.is_ascii()) else {
            return Err(CliError::usage("CONTACTS_TOKEN (or --token) is not a token")
                .advice("A token looks like <tenant>.<secret>"));
        };
        let service = ServiceUrl::parse(url)?;
        if target.local && !service.is_loopback() {
            let message =
                format!("--local is for a service on this machine, but the service's URL is `{url}`");
            return Err(CliError::usage(message)
                .advice("Remove --local (or CONTACTS_LOCAL), or the URL (--url or CONTACTS_URL)"));
        }
        Ok(Self { url: service, token: token.to_owned(), tenant })
    }
}
