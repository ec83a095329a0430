//! The real functions under faults that are drawn from a seed, with callers that meet, and whether what
//! the callers heard and what the table holds in the end add up.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `draw` | chance, out of a seed |
//! | `plan` | what the callers of a schedule send |
//! | `style` | what the requests of a schedule have in common |
//! | `request` | what a caller sends |
//! | `known` | the ids of what they send |
//! | `function` | the processes of the functions |
//! | `proxy` | what the functions take for DynamoDB |
//! | `store_call` | a call to it, and what can go wrong with it |
//! | `director` | runs a schedule, one step after the other |
//! | `answer` | answers, held against the contract |
//! | `history` | what happened |
//! | `table` | what is in the table afterwards |
//! | `model` | what a contact is to its callers |
//! | `linearize` | whether an order explains what happened to a contact |
//! | `verdict` | the table and the history, held against each other |
//! | [`harness`](Harness) | a schedule from its seed to its report |

mod answer;
mod director;
mod draw;
mod function;
mod harness;
mod history;
mod known;
mod linearize;
mod model;
mod plan;
mod proxy;
mod request;
mod store_call;
mod style;
mod table;
mod verdict;

use std::error::Error;

pub use harness::{Counts, Harness, Outcome};

/// Whatever keeps a schedule from being run.
pub type Failure = Box<dyn Error + Send + Sync>;
