//! What the tests of the running service have in common: a tenant for each test, calls as its users make
//! them, and a look into the table behind.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tenant`](TestTenant) | a tenant of a test's own, its tokens and its calls |
//! | [`answer`](Answer) | an answer, held against what all answers have in common |
//! | [`table`](Table) | what the table holds of a tenant |
//! | [`items`](ann) | list items to send |
//! | [`invoke`](Emulator) | invocations that do not come over HTTP |
//! | [`log`](log_line_of) | what the functions logged |
//! | [`traces`](Traces) | what the functions send to X-Ray |
//! | `environment` | where everything is |

#![allow(clippy::missing_panics_doc, reason = "where the harness can't go on, the test that uses it fails")]

mod answer;
mod environment;
mod invoke;
mod items;
mod log;
mod table;
mod tenant;
mod traces;

pub use answer::{Answer, text};
pub use invoke::Emulator;
pub use items::{ann, ann_with, contacts_named, link_id, numbered_items, with, without};
pub use log::{CANARY, CANARY_NUMBER, log, log_line_of};
pub use table::{Table, personal_values};
pub use tenant::{DELETE, TestTenant, UPSERT};
pub use traces::Traces;
