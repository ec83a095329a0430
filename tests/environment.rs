//! Where everything is, as `local-stack` says to the command that it runs.

use aws_sdk_dynamodb::Client;

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
    Client::from_conf(embedded_dynamodb::client_settings(&variable("CONTACTS_DYNAMODB_URL")).build())
}
