//! What the tests of the running service share: a tenant for each test, requests as callers send them, and reads of
//! the table.
//!
//! | module | content |
//! | --- | --- |
//! | [`tenant`](TestTenant) | a tenant for one test, its tokens and its requests |
//! | [`response`](ApiResponse) | a response of the API, with the checks that hold for all responses |
//! | [`table`](Table) | the items of a tenant in the table |
//! | [`fixtures`](minimal_item) | list items to send |
//! | [`emulator`](Emulator) | invocations that do not come over HTTP |
//! | [`log_file`](log_line_of) | the log of the functions |
//! | [`traces`](Traces) | the traces that the functions send to X-Ray |
//! | [`stack`](service_url) | the stack that the tests call, and how to run one of them on it |

#![allow(clippy::missing_panics_doc, reason = "a failure of the harness fails the test that uses it")]

mod emulator;
mod fixtures;
mod log_file;
mod response;
mod stack;
mod table;
mod tenant;
mod traces;

pub use emulator::Emulator;
pub use fixtures::{contact_ids_of, item_with, link_id, merged, minimal_item, numbered_items, without};
pub use log_file::{PII_MARKER, PII_MARKER_NUMBER, failure_line_of, log, log_line_of};
pub use response::{ApiResponse, expect_str};
pub use stack::service_url;
pub use table::{Table, personal_values};
pub use tenant::{DELETE, TestTenant, UPSERT};
pub use traces::Traces;

/// The samples in Rust of `docs/api.md`, which `cargo test` runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/api.md")]
struct ApiPage;
