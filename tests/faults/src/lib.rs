//! Injects random faults and process kills into the real functions, then checks every response against the
//! contract and the stored state. See `README.md`.
//!
//! | module | contents |
//! | --- | --- |
//! | `rng` | random choices from a seed |
//! | `plan` | what the callers of a schedule send |
//! | `workload_profile` | how requests are drawn |
//! | `request` | requests, their JSON, and the events of the triggers |
//! | `catalog` | the ids of all contacts and accounts of a plan |
//! | `function` | the processes of the functions |
//! | `proxy` | the HTTP server that the functions take for DynamoDB |
//! | `store_call` | calls to the store |
//! | `fault` | the faults of a call |
//! | `schedule` | runs a schedule step by step |
//! | `response` | the HTTP responses of the functions |
//! | `history` | what happened in a schedule |
//! | `table` | the table after a schedule |
//! | `event` | what callers observe of a contact |
//! | `linearizability` | whether an order explains a contact's events |
//! | `verdict` | checks the history and the table |
//! | `counts` | how much a run did |
//! | [`harness`](Harness) | a schedule from its seed to its report |

mod catalog;
mod counts;
mod event;
mod fault;
mod function;
mod harness;
mod history;
mod linearizability;
mod plan;
mod proxy;
mod request;
mod response;
mod rng;
mod schedule;
mod store_call;
mod table;
mod verdict;
mod workload_profile;

use std::error::Error;

pub use counts::Counts;
pub use harness::{Harness, Outcome};
pub use plan::Replay;

/// A failure of the harness, or of a function that it runs.
pub type HarnessError = Box<dyn Error + Send + Sync>;
