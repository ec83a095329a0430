//! Which responses the contract allows, and how they relate to their requests.
//!
//! Each function reads a response's JSON and checks all that can be checked without knowing what is stored.
//! Unknown and missing fields are violations. The request is `None` where `serde_json` can't parse it; the
//! checks that need it are skipped then.

mod delete;
mod upsert;
mod violation;

pub use delete::{DeleteResponse, DeletedContact, MAX_TRANSACTION, MAX_TRANSACTION_WITH_KEY, check_delete};
pub use upsert::{ErrorCode, ExtendedInfo, ItemResult, check_upsert, check_upsert_error};
pub use violation::Violation;
