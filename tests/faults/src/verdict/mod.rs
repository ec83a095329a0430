//! Checks a schedule: the history and the table must be consistent with each other and with the contract.

mod checker;
mod contact_history;
mod deletes;
mod final_state;
mod keys;
mod refused_deletes;
mod upserts;

pub(crate) use checker::{Verdict, check};
