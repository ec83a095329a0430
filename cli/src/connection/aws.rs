//! Region, credentials and trusted certificates, as the AWS CLI finds them.

use aws_config::{
    BehaviorVersion, Region,
    imds::region::ImdsRegionProvider,
    meta::region::RegionProviderChain,
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
};
use aws_sdk_dynamodb::config::{Builder, ProvideCredentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

use super::target_args::TargetArgs;
use crate::{
    certificates::{CertificateBundle, certificate_error},
    environment,
    error::CliError,
};

/// The variables with the region, in order of precedence.
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The variables with the endpoint, in order of precedence.
const ENDPOINT_VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];

/// Loads the configuration of a client, and the region it is for. Fails if there are no credentials.
pub(super) async fn configure(target: &TargetArgs) -> Result<(Builder, String), CliError> {
    let http_client = http_client()?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .region(region_providers(target, &http_client)?);
    if let Some(profile) = profile_name(target) {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let region = config.region().cloned().ok_or_else(|| {
        CliError::usage("no AWS region is set")
            .advice("Add --region, set AWS_REGION, or set a `region` in the profile")
    })?;
    let provider = match target.profile() {
        // As in the AWS CLI, --profile takes precedence over keys in the environment.
        Some(profile) => Some(profile_credentials(profile, &http_client, &region)),
        None => config.credentials_provider(),
    };
    let provider = provider.ok_or_else(|| credentials_error(target, "were not found"))?;
    // Resolved here, because a later error of a request would not tell what is wrong with the credentials.
    provider.provide_credentials().await.map_err(|error| {
        certificate_error("the server of the AWS credentials", &error)
            .unwrap_or_else(|| credentials_error(target, "can't be used").caused_by(error))
    })?;
    let mut builder = Builder::from(&config).credentials_provider(provider);
    if ENDPOINT_VARIABLES.into_iter().any(environment::is_empty) {
        builder.set_endpoint_url(first_variable(ENDPOINT_VARIABLES)?);
    }
    Ok((builder, region.to_string()))
}

/// Returns the profile that the SDK must use, unless it finds the right one itself: it takes an empty
/// `AWS_PROFILE` for a name.
fn profile_name(target: &TargetArgs) -> Option<&str> {
    let default = || environment::is_empty("AWS_PROFILE").then_some("default");
    target.profile().or_else(default)
}

/// Builds the SDK's chain of region providers, but with the variables read here: the SDK takes an empty one
/// for a region.
fn region_providers(
    target: &TargetArgs,
    http_client: &SharedHttpClient,
) -> Result<RegionProviderChain, CliError> {
    let named = match target.region() {
        Some(region) => Some(region.to_owned()),
        None => first_variable(REGION_VARIABLES)?,
    };
    let mut of_profile = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile_name(target) {
        of_profile = of_profile.profile_name(profile);
    }
    let of_instance = ImdsRegionProvider::builder().configure(&provider_settings(http_client));
    Ok(RegionProviderChain::first_try(named.map(Region::new))
        .or_else(of_profile.build())
        .or_else(of_instance.build()))
}

/// Returns the value of the first variable that is set and not empty.
fn first_variable(names: [&str; 2]) -> Result<Option<String>, CliError> {
    let values = names.into_iter().map(environment::variable).collect::<Result<Vec<_>, _>>()?;
    Ok(values.into_iter().flatten().next())
}

fn provider_settings(http_client: &SharedHttpClient) -> ProviderConfig {
    ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(http_client.clone())
}

fn profile_credentials(
    profile: &str,
    http_client: &SharedHttpClient,
    region: &Region,
) -> SharedCredentialsProvider {
    let settings = provider_settings(http_client).with_region(Some(region.clone()));
    let provider = ProfileFileCredentialsProvider::builder().configure(&settings).profile_name(profile);
    SharedCredentialsProvider::new(provider.build())
}

fn credentials_error(target: &TargetArgs, problem: &str) -> CliError {
    let message = match target.profile() {
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
