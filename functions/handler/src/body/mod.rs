//! Bodies of requests, and answers, in the contract's words.
//!
//! A body is read in two steps, because the tenant is only known in between: its params first ([`UpsertBody::read`],
//! [`DeleteBody::read`]), then their values ([`UpsertBody::list`], [`DeleteBody::deletion`]).

mod delete;
mod delete_answer;
mod delete_problem;
mod deleted_contacts;
mod error_code;
mod mode;
mod upsert;

pub use delete::DeleteBody;
pub use delete_answer::DeleteAnswer;
pub use delete_problem::DeleteProblem;
pub use deleted_contacts::{DeletedContacts, estimated_json_len};
pub use upsert::{InvalidBody, UpsertAnswer, UpsertBody, UpsertList};
