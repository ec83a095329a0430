//! The way to the table: on AWS as the AWS CLI finds it, or the local stack's. Whatever goes wrong on it
//! becomes a sentence that says what to do.

mod aws;

use std::{env, fmt, time::Duration};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Builder, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use contacts::store::{Store, StoreError};
use futures_util::{Stream, TryStreamExt, future::LocalBoxFuture};

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
        let (config, region) = aws::configure(place).await?;
        let store = Store::new(Client::from_conf(impatient(config)), &table);
        Ok(Self { store, location: Location::Aws { table, region } })
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

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    fn on_aws() -> Connection {
        let location = Location::Aws { table: "contacts".to_owned(), region: "eu-central-1".to_owned() };
        Connection { location, ..Connection::local() }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_tried_for_ever() {
        let never_answered = future::pending::<Result<(), StoreError>>();
        let failure = on_aws().call(never_answered).await.unwrap_err();
        assert!(matches!(&failure, Failure::Unavailable(_)));
        assert_eq!(
            failure.to_string(),
            "the table `contacts` in eu-central-1 was throttling or out of reach for 3 minutes. Running it \
             again is safe"
        );
    }

    #[test]
    fn what_the_credentials_do_not_allow_is_told_as_that() {
        for (code, what_to_do) in [
            ("AccessDeniedException", "Use a profile that may read and write the table"),
            ("ExpiredTokenException", "Sign in anew"),
            ("UnrecognizedClientException", "Sign in anew"),
        ] {
            let failure = on_aws().failure(StoreError::Refused(code.to_owned()));
            assert!(matches!(&failure, Failure::NotAllowed(said) if said.contains(what_to_do)), "{failure}");
        }
    }

    #[test]
    fn what_passes_by_itself_is_safe_to_run_again() {
        let failure = on_aws().failure(StoreError::Unavailable("ThrottlingException".to_owned()));
        assert!(matches!(&failure, Failure::Unavailable(said) if said.contains("Running it again is safe")));
    }
}
