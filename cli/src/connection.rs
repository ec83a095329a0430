//! The way to the table: on AWS as the AWS CLI finds it, or the local stack's. Whatever goes wrong on it
//! becomes a sentence that says what to do.

use std::{env, error::Error, fmt, fs, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        Builder, Credentials, ProvideCredentials, SharedHttpClient, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use contacts::store::{Store, StoreError};
use futures_util::{Stream, TryStreamExt, future::LocalBoxFuture};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{arguments::Place, failure::Failure};

/// What the local stack calls its table.
const LOCAL_TABLE: &str = "contacts";

/// Where the local stack's table is, unless `CONTACTS_DYNAMODB_URL` says otherwise.
const LOCAL_URL: &str = "http://127.0.0.1:8000";

/// How long one piece of work, such as a page of a list, may be tried again while the table is
/// throttling or out of reach.
const PATIENCE: Duration = Duration::from_mins(3);

/// How often the table is tried to be reached at first, where a wrong address is likelier than one that
/// comes back.
const FIRST_TRIES: usize = 3;

/// How long to wait between those.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one call may take. A page of 1 MB takes seconds on a slow line.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// A table that answers.
pub(crate) struct Connection {
    /// The way into it.
    pub(crate) store: Store,
    location: Location,
}

/// Where the table is.
enum Location {
    Aws { table: String, region: String },
    Local { url: String },
}

impl Connection {
    /// Finds the table, and fails if it doesn't answer.
    pub(crate) async fn open(place: &Place) -> Result<Self, Failure> {
        let connection = if place.local { Self::local() } else { Self::aws(place).await? };
        connection.reach().await.map_err(|error| connection.failure(error))?;
        Ok(connection)
    }

    async fn reach(&self) -> Result<(), StoreError> {
        for _ in 1..FIRST_TRIES {
            match self.store.reach().await {
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(BETWEEN_TRIES).await,
                answer => return answer,
            }
        }
        self.store.reach().await
    }

    fn local() -> Self {
        let url = env::var("CONTACTS_DYNAMODB_URL").unwrap_or_else(|_| LOCAL_URL.to_owned());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(&url)
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        let store = Store::new(Client::from_conf(impatient(config)), LOCAL_TABLE);
        Self { store, location: Location::Local { url } }
    }

    async fn aws(place: &Place) -> Result<Self, Failure> {
        let table = place.table.clone().ok_or_else(|| {
            Failure::Usage(
                "no table is named. Set --table or CONTACTS_TABLE to the stack's output `TableName` \
                 (`sam list stack-outputs` shows it), or add --local for the stack that `make run` starts"
                    .to_owned(),
            )
        })?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()?);
        if let Some(profile) = &place.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &place.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let config = loader.load().await;
        let region = config.region().map(ToString::to_string).ok_or_else(|| {
            Failure::Usage(
                "no AWS region is set. Add --region, set AWS_REGION, or give the profile a `region`"
                    .to_owned(),
            )
        })?;
        check_credentials(&config).await?;
        let client = Client::from_conf(impatient(Builder::from(&config)));
        Ok(Self { store: Store::new(client, &table), location: Location::Aws { table, region } })
    }

    /// Does a piece of work at the table, for as long as there is patience.
    pub(crate) fn call<'w, T: 'w>(
        &'w self,
        work: impl Future<Output = Result<T, StoreError>> + 'w,
    ) -> LocalBoxFuture<'w, Result<T, Failure>> {
        // In a box, because the SDK's futures are large and there is one in every command.
        let work = Box::pin(work);
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, work).await {
                Ok(answer) => answer.map_err(|error| self.failure(error)),
                Err(_) => Err(Failure::Unavailable(format!(
                    "{} was throttling or out of reach for {} minutes. Running it again is safe",
                    self.location,
                    PATIENCE.as_secs() / 60
                ))),
            }
        })
    }

    /// The next of a list that comes in parts.
    pub(crate) async fn next<T>(
        &self,
        parts: &mut (impl Stream<Item = Result<T, StoreError>> + Unpin),
    ) -> Result<Option<T>, Failure> {
        self.call(parts.try_next()).await
    }

    fn failure(&self, error: StoreError) -> Failure {
        let location = &self.location;
        match error {
            StoreError::Unavailable(cause) => Failure::Unavailable(match location {
                Location::Local { .. } => format!(
                    "{location} doesn't answer ({cause}). Start the local stack with `make run`; if it has \
                     another address, set CONTACTS_DYNAMODB_URL"
                ),
                Location::Aws { .. } => {
                    format!(
                        "{location} can't be reached or is overloaded ({cause}). Running it again is safe"
                    )
                }
            }),
            StoreError::Refused(code) => self.refused(&code),
            StoreError::Corrupt(attribute) => Failure::Other(format!(
                "an item in {location} isn't as the service writes them: it has no valid `{attribute}`. \
                 Somebody changed it by hand, and has to mend it"
            )),
        }
    }

    fn refused(&self, code: &str) -> Failure {
        let location = &self.location;
        match code {
            "ResourceNotFoundException" => Failure::NotFound(match location {
                Location::Local { .. } => {
                    format!("{location} isn't there. Start the local stack with `make run`, which makes it")
                }
                Location::Aws { .. } => format!(
                    "{location} isn't there, in the account that the credentials are for. Check --table (the \
                     stack's output `TableName`), --region and --profile"
                ),
            }),
            "AccessDeniedException" => Failure::NotAllowed(format!(
                "the AWS credentials don't allow this at {location} ({code}). Use a profile that may read and \
                 write the table (--profile), or have it allowed"
            )),
            "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "UnrecognizedClientException" => Failure::NotAllowed(format!(
                "AWS doesn't accept the credentials ({code}). Sign in anew (`aws sso login`, with --profile if \
                 you use one), or check AWS_ACCESS_KEY_ID and its like"
            )),
            _ => Failure::Other(format!("{location} refused: {code}")),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws { table, region } => write!(f, "the table `{table}` in {region}"),
            Self::Local { url } => write!(f, "the table `{LOCAL_TABLE}` at {url}"),
        }
    }
}

/// The store retries by itself: it alone knows which part of its work is still to be done.
fn impatient(config: Builder) -> Config {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(CALL_TIMEOUT)
        .build();
    config.retry_config(RetryConfig::disabled()).timeout_config(timeouts).build()
}

/// Resolves the credentials once before any call is made, because only here is it known what is wrong
/// with them.
async fn check_credentials(config: &SdkConfig) -> Result<(), Failure> {
    const WHAT_TO_DO: &str = "Sign in (`aws sso login`), name a profile (--profile or AWS_PROFILE), or set \
                              AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    let Some(provider) = config.credentials_provider() else {
        return Err(Failure::NotAllowed(format!("no AWS credentials were found. {WHAT_TO_DO}")));
    };
    provider.provide_credentials().await.map(drop).map_err(|error| {
        Failure::NotAllowed(format!("no AWS credentials can be had: {}. {WHAT_TO_DO}", with_causes(&error)))
    })
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
        let path = path.to_string_lossy().into_owned();
        let bundle = fs::read(&path).map_err(|error| {
            Failure::Usage(format!("AWS_CA_BUNDLE names {path}, which can't be read: {error}"))
        })?;
        if !holds_certificates(&bundle) {
            return Err(Failure::Usage(format!(
                "AWS_CA_BUNDLE names {path}, which holds no valid certificates"
            )));
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
