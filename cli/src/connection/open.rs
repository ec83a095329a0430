//! A connection: a client for AWS or for the local stack, checked by a first request.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Builder, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use backon::{ConstantBuilder, Retryable};
use contacts_core::{
    context::OperationContext,
    store::{Store, StoreError},
};
use futures_util::{Stream, TryStreamExt, future::LocalBoxFuture};
use reqwest::Url;

use super::{
    aws,
    location::{LOCAL_TABLE, Location},
    target_args::TargetArgs,
};
use crate::{
    environment,
    error::{CliError, ErrorClass},
};

/// The variable with the endpoint of the local stack's DynamoDB.
const URL_VARIABLE: &str = "CONTACTS_DYNAMODB_URL";

/// Endpoint of the local stack's DynamoDB, unless [`URL_VARIABLE`] is set.
const LOCAL_URL: &str = "http://127.0.0.1:8000";

/// How long the store may retry one unit of work, such as reading a page, while the table is throttling or
/// unreachable.
const STORE_TIMEOUT: Duration = Duration::from_mins(3);

/// How often the first request is retried. Few times, because a wrong address is likelier than an outage.
const FIRST_REQUEST_RETRIES: usize = 2;

/// Delay between attempts of the first request.
const FIRST_REQUEST_DELAY: Duration = Duration::from_millis(200);

/// How long opening a TCP and TLS connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one request may take. A page of 1 MB takes seconds on a slow network.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to a table that answered a first request.
pub(crate) struct Connection {
    /// The store on that table.
    pub(crate) store: Store,
    /// The context of its calls, without a deadline: [`Self::call`] limits the time of each.
    pub(crate) context: OperationContext,
    location: Location,
}

impl Connection {
    /// Connects to the table; fails if it does not answer.
    pub(crate) async fn open(target: &TargetArgs) -> Result<Self, CliError> {
        let connection = if target.local { Self::local()? } else { Self::aws(target).await? };
        let ping = async || connection.store.ping().await.map_err(|error| connection.location.error(error));
        let delays =
            ConstantBuilder::new().with_delay(FIRST_REQUEST_DELAY).with_max_times(FIRST_REQUEST_RETRIES);
        ping.retry(delays)
            .sleep(tokio::time::sleep)
            .when(|error| error.class() == ErrorClass::Unavailable)
            .await?;
        Ok(connection)
    }

    fn new(store: Store, location: Location) -> Self {
        Self { store, context: OperationContext::without_deadline(), location }
    }

    fn local() -> Result<Self, CliError> {
        let url = local_url()?;
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(&url)
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        let store = Store::new(Client::from_conf(without_sdk_retries(config)), LOCAL_TABLE);
        Ok(Self::new(store, Location::Local { url }))
    }

    async fn aws(target: &TargetArgs) -> Result<Self, CliError> {
        let table = target.table().ok_or_else(|| {
            CliError::usage("no table is set").advice(
                "Set --table or CONTACTS_TABLE to the stack's output `TableName` (`sam list stack-outputs` \
                 shows it), or add --local for the stack that `make run` starts",
            )
        })?;
        let (config, region) = aws::configure(target).await?;
        let store = Store::new(Client::from_conf(without_sdk_retries(config)), table);
        Ok(Self::new(store, Location::Aws { table: table.to_owned(), region }))
    }

    /// Waits for a call of the store, for [`STORE_TIMEOUT`] at most.
    pub(crate) fn call<'w, T: 'w>(
        &'w self,
        work: impl Future<Output = Result<T, StoreError>> + 'w,
    ) -> LocalBoxFuture<'w, Result<T, CliError>> {
        // Boxed, because the SDK's futures are large, and each would be part of the command's own future.
        let work = Box::pin(work);
        Box::pin(async move {
            let Ok(result) = tokio::time::timeout(STORE_TIMEOUT, work).await else {
                let (location, minutes) = (&self.location, STORE_TIMEOUT.as_secs() / 60);
                let message = format!("{location} was throttling or unreachable for {minutes} minutes");
                return Err(CliError::unavailable(message).advice("Running the command again is safe"));
            };
            result.map_err(|error| self.location.error(error))
        })
    }

    /// Reads the next page of a listing; `None` at its end.
    pub(crate) async fn next_page<T>(
        &self,
        pages: &mut (impl Stream<Item = Result<T, StoreError>> + Unpin),
    ) -> Result<Option<T>, CliError> {
        self.call(pages.try_next()).await
    }
}

/// Returns the URL of the local stack's DynamoDB. Fails with a usage error if `CONTACTS_DYNAMODB_URL` is not an
/// http URL: the SDK would panic, or report it with the whole request.
fn local_url() -> Result<String, CliError> {
    let Some(url) = environment::variable(URL_VARIABLE)? else {
        return Ok(LOCAL_URL.to_owned());
    };
    let invalid = || CliError::usage(format!("{URL_VARIABLE} can't be `{url}`"));
    let parsed = Url::parse(&url).map_err(|error| invalid().caused_by(error))?;
    if parsed.scheme() != "http" {
        return Err(invalid().advice("It must begin with http://"));
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

/// Builds the configuration with the SDK's retries off: the store retries, because only the store knows which
/// part of a batch remains to be done.
fn without_sdk_retries(config: Builder) -> Config {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(REQUEST_TIMEOUT)
        .build();
    config.retry_config(RetryConfig::disabled()).timeout_config(timeouts).build()
}

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_store_call_ends_after_the_timeout() {
        let location = Location::Aws { table: "contacts".to_owned(), region: "eu-central-1".to_owned() };
        let connection = Connection { location, ..Connection::local().unwrap() };
        let never_ready = future::pending::<Result<(), StoreError>>();
        let error = connection.call(never_ready).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Unavailable);
        assert_eq!(
            error.report(),
            "the table `contacts` in eu-central-1 was throttling or unreachable for 3 minutes. Running the \
             command again is safe"
        );
    }
}
