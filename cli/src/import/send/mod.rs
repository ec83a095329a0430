//! Second stage of an import: sends the rows to the service's HTTP API, in batches and concurrently.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `pipeline` | the dispatcher and the workers, connected |
//! | `dispatcher` | reads the rows, and gives them to the workers in batches |
//! | `assignment` | which worker sends a row, so that rows that depend on each other keep their order |
//! | `account_order` | which rows depend on each other by their accounts |
//! | `batch` | the rows of a request, and its body |
//! | `worker` | sends batches one at a time, with retries |
//! | `retry` | when to retry a request, and for how long |
//! | `api_client` | upsert requests, and what their responses mean |
//! | `shutdown` | stopping the import early |

mod account_order;
mod api_client;
mod assignment;
mod batch;
mod dispatcher;
mod pipeline;
mod retry;
mod shutdown;
mod worker;

pub(super) use api_client::ApiClient;
pub(super) use pipeline::send_rows;
