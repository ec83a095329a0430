//! Region, credentials and trust as the AWS CLI finds them.

use std::{env, error::Error, fs};

use aws_config::{
    BehaviorVersion, Region, profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig,
};
use aws_sdk_dynamodb::config::{Builder, ProvideCredentials, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{arguments::Place, failure::Failure};

/// What a client on AWS needs, and the region it is for.
pub(super) async fn configure(place: &Place) -> Result<(Builder, String), Failure> {
    let http_client = http_client()?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client.clone());
    if let Some(profile) = &place.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &place.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    let region = config.region().cloned().ok_or_else(|| {
        let what_to_do = "no AWS region is set. Add --region, set AWS_REGION, or give the profile a `region`";
        Failure::Usage(what_to_do.to_owned())
    })?;
    let provider = match &place.profile {
        // As with the AWS CLI, a profile on the command line comes before keys in the environment.
        Some(profile) => Some(of_profile(profile, http_client, &region)),
        None => config.credentials_provider(),
    };
    let provider = provider.ok_or_else(|| no_credentials(place, "none were found"))?;
    // Resolved once before any call is made, because only here is it known what is wrong with them.
    provider.provide_credentials().await.map_err(|error| no_credentials(place, &with_causes(&error)))?;
    Ok((Builder::from(&config).credentials_provider(provider), region.to_string()))
}

fn of_profile(profile: &str, http_client: SharedHttpClient, region: &Region) -> SharedCredentialsProvider {
    let settings = ProviderConfig::without_region()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(http_client)
        .with_region(Some(region.clone()));
    let provider = ProfileFileCredentialsProvider::builder().configure(&settings).profile_name(profile);
    SharedCredentialsProvider::new(provider.build())
}

fn no_credentials(place: &Place, why: &str) -> Failure {
    let of = place.profile.as_ref().map(|profile| format!(" of the profile `{profile}`")).unwrap_or_default();
    Failure::NotAllowed(format!(
        "the AWS credentials{of} can't be used: {why}. Sign in (`aws sso login`), name a profile \
         (--profile or AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    ))
}

/// An error and what is behind it, in one sentence.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (**error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A client that trusts what the system trusts, or what the file in `AWS_CA_BUNDLE` says.
fn http_client() -> Result<SharedHttpClient, Failure> {
    let mut tls = TlsContext::builder();
    if let Some(path) = env::var_os("AWS_CA_BUNDLE") {
        let names = format!("AWS_CA_BUNDLE names {}", path.display());
        let bundle = fs::read(&path)
            .map_err(|error| Failure::Usage(format!("{names}, which can't be read: {error}")))?;
        if !holds_certificates(&bundle) {
            return Err(Failure::Usage(format!("{names}, which holds no valid certificates")));
        }
        tls = tls.with_trust_store(TrustStore::empty().with_pem_certificate(bundle));
    }
    // Building a context only moves its parts into place; it has no way to fail.
    let tls = tls.build().unwrap_or_default();
    let provider = Provider::Rustls(CryptoMode::Ring);
    Ok(aws_smithy_http_client::Builder::new().tls_provider(provider).tls_context(tls).build_https())
}

/// Whether the HTTP client will take the bundle; it panics on one that it can't take.
fn holds_certificates(bundle: &[u8]) -> bool {
    let mut roots = RootCertStore::empty();
    let all_valid = CertificateDer::pem_slice_iter(bundle)
        .all(|certificate| certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()));
    all_valid && !roots.is_empty()
}
