//! The way to DynamoDB, set up for the shortest cold start: everything comes from Lambda's environment
//! variables, nothing is looked up over the network, and no certificate is read that isn't needed.
//!
//! The SDK's usual set-up reads every root certificate of the system before the first event. AWS's
//! endpoints chain to five roots that Amazon owns, so those are part of the program; where a proxy signs
//! with a root of its own, `AWS_CA_BUNDLE` names the file to trust instead.

use std::{env, fs, sync::LazyLock, time::Duration};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

/// Amazon Root CA 1 to 4 and Starfield Services Root Certificate Authority - G2, as published at
/// <https://www.amazontrust.com/repository/>.
const AMAZON_ROOTS: &str = include_str!("../../certificates/amazon-roots.pem");

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

/// A client for the account, region and credentials of Lambda's environment (`AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), or for the endpoint in
/// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`, for a store on one's own machine.
///
/// What can be wrong with the environment is told at once; the client itself, with its endpoint rules
/// and its TLS settings, is for later.
pub(super) fn connect() -> Result<LazyClient, SetupError> {
    let variable = |name| env::var(name).map_err(|_| SetupError::Missing(name));
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    // The SDK's own endpoint, unless one of these says otherwise. `sam local` hands out variables empty
    // that wouldn't be there on AWS.
    let endpoint = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|url| !url.is_empty());
    let mut config = Config::builder();
    config.set_endpoint_url(endpoint);
    let config = config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(credentials)
        // The store retries by itself: it alone knows which part of a batch is still to be done.
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(CALL_TIMEOUT)
                .build(),
        );
    let bundle = env::var_os("AWS_CA_BUNDLE").map(fs::read).transpose()?;
    let is_own = bundle.is_some();
    let roots = bundle.unwrap_or_else(|| AMAZON_ROOTS.into());
    let client: LazyClient =
        LazyLock::new(Box::new(move || Client::from_conf(config.http_client(http_client(roots)).build())));
    if is_own {
        // A bundle that holds no certificates ends the start, not the first event.
        LazyLock::force(&client);
    }
    Ok(client)
}

fn http_client(roots: Vec<u8>) -> SharedHttpClient {
    let trust_store = TrustStore::empty().with_pem_certificate(roots);
    // Building a context only moves its parts into place; it has no way to fail.
    let tls_context = TlsContext::builder().with_trust_store(trust_store).build().unwrap_or_default();
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context)
        .build_https()
}
