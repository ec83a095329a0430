//! JSON as the contract defines it: a reader of objects and values, and the fields of an item. The functions use it for
//! request bodies, the operator's tool for files.
//!
//! Values are read one by one from their text. So a bad item is the error of that item alone, a long number loses no digit,
//! and a key that is given twice is noticed.

mod account;
mod item;
mod object;
mod value;

pub use account::{ACCOUNT_PARAMS, account_reference};
pub use item::{ITEM_FIELDS, InvalidItem, read_item};
pub use object::Object;
pub use value::{List, MAX_ELEMENTS, ValueError, boolean, id, list, string};
