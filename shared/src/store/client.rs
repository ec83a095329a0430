//! The way to DynamoDB, set up for the shortest cold start: everything comes from Lambda's environment
//! variables, nothing is looked up over the network, and no certificate is read that isn't needed.
//!
//! The SDK's usual set-up reads every root certificate of the system before the first event. AWS's
//! endpoints chain to five roots that Amazon owns, so those are part of the program; where a proxy signs
//! with a root of its own, `AWS_CA_BUNDLE` names the file to trust instead.

use std::{env, fs, time::Duration};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
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
    /// The TLS settings don't work out.
    #[error("TLS can't be set up: {0}")]
    Tls(String),
}

/// A client for the account, region and credentials of Lambda's environment (`AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), or for the endpoint in
/// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`, for a store on one's own machine.
pub fn connect() -> Result<Client, SetupError> {
    let variable = |name| env::var(name).map_err(|_| SetupError::Missing(name));
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    // The SDK's own endpoint, unless one of these says otherwise.
    let endpoint = env::var("AWS_ENDPOINT_URL_DYNAMODB").or_else(|_| env::var("AWS_ENDPOINT_URL")).ok();
    let mut config = Config::builder();
    config.set_endpoint_url(endpoint);
    let config = config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(credentials)
        .http_client(http_client()?)
        // The store retries by itself: it alone knows which part of a batch is still to be done.
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(CALL_TIMEOUT)
                .build(),
        )
        .build();
    Ok(Client::from_conf(config))
}

fn http_client() -> Result<aws_sdk_dynamodb::config::SharedHttpClient, SetupError> {
    let roots = match env::var_os("AWS_CA_BUNDLE") {
        Some(path) => fs::read(path)?,
        None => AMAZON_ROOTS.into(),
    };
    let tls_context = TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(roots))
        .build()
        .map_err(|error| SetupError::Tls(error.to_string()))?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls_context)
        .build_https())
}
