//! The way to DynamoDB, set up for the shortest cold start: everything comes from Lambda's environment
//! variables, nothing is looked up over the network, and no certificate is read that isn't needed.
//!
//! The SDK's usual set-up reads every root certificate of the system before the first event. AWS's
//! endpoints chain to five roots that Amazon owns, so those are part of the program; where a proxy signs
//! with a root of its own, `AWS_CA_BUNDLE` names the file to trust instead.

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

/// How long a connection may take to come about. Within a region it takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long one call may take before it is given up and made again. The slowest that are made, a
/// transaction or a batch of 100, take a tenth of it.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// What keeps a function from starting.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An environment variable that has to be there isn't.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The file that `AWS_CA_BUNDLE` names can't be read.
    #[error("AWS_CA_BUNDLE names a file that can't be read: {0}")]
    CaBundle(#[from] std::io::Error),
}

/// A client that is built once, when it is first needed or when there is time for it.
pub(super) type LazyClient = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// What Lambda's environment says about the way to DynamoDB.
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
/// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`, for a store on one's own machine.
///
/// What can be wrong with the environment is told at once; all the rest, from the SDK's configuration with
/// its endpoint rules to the TLS settings, is for later.
pub(super) fn connect() -> Result<LazyClient, SetupError> {
    let variable = |name| env::var(name).map_err(|_| SetupError::Missing(name));
    let bundle = env::var_os("AWS_CA_BUNDLE").map(fs::read).transpose()?;
    let is_own = bundle.is_some();
    let environment = Environment {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: env::var("AWS_SESSION_TOKEN").ok(),
        region: variable("AWS_REGION")?,
        // The SDK's own endpoint, unless one of these says otherwise. `sam local` hands out variables empty
        // that wouldn't be there on AWS.
        endpoint: ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]
            .into_iter()
            .filter_map(|name| env::var(name).ok())
            .find(|url| !url.is_empty()),
        roots: bundle.map_or(Cow::Borrowed(AMAZON_ROOTS), Cow::Owned),
    };
    let client: LazyClient = LazyLock::new(Box::new(move || client(environment)));
    if is_own {
        // A bundle that holds no certificates ends the start, not the first event.
        LazyLock::force(&client);
    }
    Ok(client)
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
        // The store retries by itself: it alone knows which part of a batch is still to be done.
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
    // Building a context only moves its parts into place; it has no way to fail.
    let tls_context = TlsContext::builder().with_trust_store(trust_store).build().unwrap_or_default();
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context)
        .build_https()
}
