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
    let environment = Environment::read(|name| env::var(name).ok())?;
    let has_bundle = matches!(environment.roots, Cow::Owned(_));
    let client: LazyClient = LazyLock::new(Box::new(move || client(environment)));
    if has_bundle {
        // A bundle without certificates fails at the start instead of at the first event.
        LazyLock::force(&client);
    }
    Ok(client)
}

impl Environment {
    /// Reads the settings. An empty variable counts as not set: `sam local` sets variables to empty strings that AWS doesn't set.
    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        let optional = |name| variable(name).filter(|value| !value.is_empty());
        let required = |name| optional(name).ok_or(SetupError::Missing(name));
        let bundle = optional("AWS_CA_BUNDLE").map(fs::read).transpose()?;
        Ok(Self {
            access_key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
            session_token: optional("AWS_SESSION_TOKEN"),
            region: required("AWS_REGION")?,
            endpoint: optional("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| optional("AWS_ENDPOINT_URL")),
            roots: bundle.map_or(Cow::Borrowed(AMAZON_ROOTS), Cow::Owned),
        })
    }
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

    /// Reads the settings where these variables are set besides the required ones.
    fn read(set: &[(&str, &str)]) -> Result<Environment, SetupError> {
        Environment::read(|name| {
            let required = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"];
            let value = set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
            value.or_else(|| required.contains(&name).then(|| "required".to_owned()))
        })
    }

    #[test]
    fn endpoint_of_dynamodb_comes_first() {
        let (of_dynamodb, of_all) =
            (("AWS_ENDPOINT_URL_DYNAMODB", "http://a"), ("AWS_ENDPOINT_URL", "http://b"));
        for (set, expected) in [
            (&[of_dynamodb, of_all][..], Some("http://a")),
            (&[("AWS_ENDPOINT_URL_DYNAMODB", ""), of_all], Some("http://b")),
            (&[of_all], Some("http://b")),
            (&[], None),
        ] {
            assert_eq!(read(set).unwrap().endpoint.as_deref(), expected, "{set:?}");
        }
    }

    #[test]
    fn empty_variable_counts_as_not_set() {
        let optional =
            ["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"];
        let environment = read(&optional.map(|name| (name, ""))).unwrap();
        assert_eq!((environment.session_token, environment.endpoint), (None, None));
        assert_eq!(environment.roots, AMAZON_ROOTS);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
            assert!(matches!(read(&[(name, "")]), Err(SetupError::Missing(missing)) if missing == name));
        }
    }

    #[test]
    fn bundle_that_is_not_there_is_an_error() {
        assert!(matches!(read(&[("AWS_CA_BUNDLE", "/nonexistent")]), Err(SetupError::CaBundle(_))));
    }
}
