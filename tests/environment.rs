//! Where everything is, as `local-stack` says to the command that it runs.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
};

/// One of the variables that `local-stack` sets.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with `make test`"))
}

/// The service's URL, without a path.
pub(crate) fn url() -> String {
    variable("CONTACTS_URL")
}

/// A client of the DynamoDB that the service stores in.
pub(crate) fn dynamodb() -> Client {
    Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(variable("CONTACTS_DYNAMODB_URL"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}
