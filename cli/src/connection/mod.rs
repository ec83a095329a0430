//! The connection to the DynamoDB table. Errors of the store become [`CliError`](crate::error::CliError)s that
//! say what the operator can do.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `target_args` | the options that select the table |
//! | `open` | a client for AWS or for the local stack; the first request |
//! | `aws` | region, credentials and trusted certificates, as the AWS CLI finds them |
//! | `store_errors` | errors of the store, as errors of the tool |
//! | `location` | where the table is, as messages name it |

mod aws;
mod location;
mod open;
mod store_errors;
mod target_args;

pub(crate) use open::Connection;
pub(crate) use target_args::TargetArgs;
