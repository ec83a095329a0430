//! Region, credentials and trusted certificates, as the AWS CLI finds them.

use aws_config::{
    BehaviorVersion, Region, profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig,
};
use aws_sdk_dynamodb::config::{Builder, ProvideCredentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

use super::target_args::TargetArgs;
use crate::{
    certificates::{CertificateBundle, certificate_error},
    error::CliError,
};

/// Loads the configuration of a client, and the region it is for. Fails if there are no credentials.
pub(super) async fn configure(target: &TargetArgs) -> Result<(Builder, String), CliError> {
    let http_client = http_client()?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client.clone());
    if let Some(profile) = &target.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &target.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    let region = config.region().cloned().ok_or_else(|| {
        CliError::usage("no AWS region is set")
            .advice("Add --region, set AWS_REGION, or set a `region` in the profile")
    })?;
    let provider = match &target.profile {
        // As in the AWS CLI, --profile takes precedence over keys in the environment.
        Some(profile) => Some(profile_credentials(profile, http_client, &region)),
        None => config.credentials_provider(),
    };
    let provider = provider.ok_or_else(|| credentials_error(target, "were not found"))?;
    // Resolved here, because a later error of a request would not tell what is wrong with the credentials.
    provider.provide_credentials().await.map_err(|error| {
        certificate_error("the server of the AWS credentials", &error)
            .unwrap_or_else(|| credentials_error(target, "can't be used").caused_by(error))
    })?;
    Ok((Builder::from(&config).credentials_provider(provider), region.to_string()))
}

fn profile_credentials(
    profile: &str,
    http_client: SharedHttpClient,
    region: &Region,
) -> SharedCredentialsProvider {
    let settings = ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(http_client)
        .with_region(Some(region.clone()));
    let provider = ProfileFileCredentialsProvider::builder().configure(&settings).profile_name(profile);
    SharedCredentialsProvider::new(provider.build())
}

fn credentials_error(target: &TargetArgs, problem: &str) -> CliError {
    let message = match &target.profile {
        Some(profile) => format!("the AWS credentials of the profile `{profile}` {problem}"),
        None => format!("the AWS credentials {problem}"),
    };
    CliError::permission_denied(message).advice(
        "Sign in (`aws sso login`), select a profile (--profile or AWS_PROFILE), or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY",
    )
}

/// Builds an HTTP client that trusts the certificates of the environment's bundle, or those of the system.
fn http_client() -> Result<SharedHttpClient, CliError> {
    let mut tls = TlsContext::builder();
    if let Some(bundle) = CertificateBundle::from_environment()? {
        tls = tls.with_trust_store(TrustStore::empty().with_pem_certificate(bundle.pem()));
    }
    let tls = tls.build().expect("building a TLS context only moves its parts");
    let provider = Provider::Rustls(CryptoMode::Ring);
    Ok(aws_smithy_http_client::Builder::new().tls_provider(provider).tls_context(tls).build_https())
}
