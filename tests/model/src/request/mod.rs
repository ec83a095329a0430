//! Request bodies: how they are parsed, and whether they are valid.

mod parse;
mod validity;

pub use parse::parse;
pub use validity::{Validity, of_delete, of_item, of_upsert};
