//! Settings of a client of a DynamoDB on one machine.

use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};

/// Returns the settings of a client of the DynamoDB at this URL (`http` only). The embedded one ignores
/// region and credentials; emulators that enforce IAM take the access key `test` for the account's root user.
#[must_use]
pub fn client_settings(url: &str) -> Builder {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("test", "test", None, None, "local"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}
