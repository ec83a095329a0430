//! The use case "delete contacts of an account": all of them or none, as far as one transaction goes. A list of more than
//! 100 contacts takes several, and can fail between them.
//!
//! 1. Find the account.
//! 2. Read the contacts, and check that all of them belong to the account.
//! 3. Delete up to 100 per transaction, each on condition that it has not changed since it was read. Contacts that another
//!    caller changed in between are read and checked again.
//!
//! With an idempotency key, each transaction also records what it deletes, so that the request can be [repeated](repeat), and
//! has room for 98 contacts.

mod deletion;
#[cfg(test)]
mod key_tests;
mod repeat;
#[cfg(test)]
mod tests;
mod use_case;

pub use deletion::{Completed, DeleteError, Deleted, Deletion, DeletionKey};
pub use use_case::delete;
