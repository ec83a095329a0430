//! The DynamoDB client, set up for a short cold start: all settings come from Lambda's environment variables, nothing is
//! looked up over the network, and only the certificates that are needed are read.
//!
//! The SDK's default set-up reads every root certificate of the system before the first event. The certificates of AWS's
//! endpoints chain to five roots that Amazon owns, so those are compiled in. Where a proxy signs with its own root,
//! `AWS_CA_BUNDLE` names the file to trust instead.

use std::{borrow::Cow, env, fs, sync::LazyLock, time::Duration};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

/// Amazon Root CA 1 to 4 and Starfield Services Root Certificate Authority - G2, as published at
/// <https://www.amazontrust.com/repository/>.
const AMAZON_ROOTS: &[u8] = include_bytes!("../../certificates/amazon-roots.pem");

/// The time limit for opening a connection. Within a region it takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The time limit for one call, after which it is retried. The slowest calls, a transaction or a batch of 100, take a tenth
/// of it.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a function can't start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A required environment variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The file that `AWS_CA_BUNDLE` names can't be read.
    #[error("AWS_CA_BUNDLE names a file that can't be read: {0}")]
    CaBundle(#[from] std::io::Error),
}

/// A client that is built when it is first used.
pub(super) type LazyClient = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// The settings in Lambda's environment.
struct Environment {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    region: String,
    endpoint: Option<String>,
    roots: Cow<'static, [u8]>,
}

/// A client for the account, region and credentials of Lambda's environment (`AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), or for the endpoint in
/// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`, for a local DynamoDB.
///
/// Errors of the environment are returned here. The rest of the set-up, from the SDK's endpoint rules to TLS, is done when
/// the client is built.
pub(super) fn connect() -> Result<LazyClient, SetupError> {
    let variable = |name| env::var(name).map_err(|_| SetupError::Missing(name));
    let bundle = env::var_os("AWS_CA_BUNDLE").map(fs::read).transpose()?;
    let has_bundle = bundle.is_some();
    let environment = Environment {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: env::var("AWS_SESSION_TOKEN").ok(),
        region: variable("AWS_REGION")?,
        endpoint: endpoint(|name| env::var(name).ok()),
        roots: bundle.map_or(Cow::Borrowed(AMAZON_ROOTS), Cow::Owned),
    };
    let client: LazyClient = LazyLock::new(Box::new(move || client(environment)));
    if has_bundle {
        // A bundle without certificates fails at the start instead of at the first event.
        LazyLock::force(&client);
    }
    Ok(client)
}

/// The URL of a local DynamoDB, if one is set. `sam local` sets variables to empty strings that are not set on AWS.
fn endpoint(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut urls = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"].into_iter().filter_map(variable);
    urls.find(|url| !url.is_empty())
}

fn client(environment: Environment) -> Client {
    let Environment { access_key_id, secret_access_key, session_token, region, endpoint, roots } =
        environment;
    let mut config = Config::builder();
    config.set_endpoint_url(endpoint);
    let config = config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(Credentials::new(
            access_key_id,
            secret_access_key,
            session_token,
            None,
            "environment",
        ))
        // The store retries itself: only it knows which part of a batch is still undone.
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(CALL_TIMEOUT)
                .build(),
        )
        .http_client(http_client(&roots));
    Client::from_conf(config.build())
}

fn http_client(roots: &[u8]) -> SharedHttpClient {
    let trust_store = TrustStore::empty().with_pem_certificate(roots);
    let tls_context = TlsContext::builder().with_trust_store(trust_store).build();
    let tls_context = tls_context.expect("building a TLS context only moves its parts into place");
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context)
        .build_https()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_of_dynamodb_comes_first_and_empty_ones_are_unset() {
        for (of_dynamodb, of_all, expected) in [
            (Some("http://a"), Some("http://b"), Some("http://a")),
            (Some(""), Some("http://b"), Some("http://b")),
            (None, Some("http://b"), Some("http://b")),
            (Some(""), Some(""), None),
            (None, None, None),
        ] {
            let variable = |name: &str| match name {
                "AWS_ENDPOINT_URL_DYNAMODB" => of_dynamodb.map(str::to_owned),
                _ => of_all.map(str::to_owned),
            };
            assert_eq!(endpoint(variable).as_deref(), expected, "{of_dynamodb:?} {of_all:?}");
        }
    }
}
