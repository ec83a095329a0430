//! The client of the service's HTTP API, which imports and `contacts contact delete` share.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `settings` | the options `--url` and `--token`, and the settings read from them |
//! | `service_url` | the service's URL, and the URLs of its routes |
//! | `account_params` | the params that name an account |
//! | `client` | requests with the token, and their responses |
//! | `response` | a response, and the error that its status means |
//! | `error` | why a request was not processed |
//! | `retry` | when to retry a request, and for how long |

mod account_params;
mod client;
mod error;
mod response;
mod retry;
mod service_url;
mod settings;

pub(crate) use account_params::AccountParams;
pub(crate) use client::ApiClient;
pub(crate) use error::{ApiError, RetryCause, RetryReason};
pub(crate) use response::ApiResponse;
pub(crate) use retry::{RetryBudget, delays as retry_delays};
pub(crate) use settings::{ApiArgs, ApiSettings};
