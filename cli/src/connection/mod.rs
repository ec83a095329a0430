//! The connection to the DynamoDB table. Errors of the store become [`CliError`](crate::error::CliError)s that
//! say what the operator can do.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `target_args` | the options that select the table |
//! | `open` | a client for AWS or for the local stack; the first request |
//! | `aws` | region, credentials and trusted certificates, as the AWS CLI finds them |
//! | `location` | where the table is, and what errors of the store mean there |

mod aws;
mod location;
mod open;
mod target_args;

pub(crate) use open::Connection;
pub(crate) use target_args::TargetArgs;
