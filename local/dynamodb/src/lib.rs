//! DynamoDB on one machine: an embedded one (`dynoxide`, which stores its data by `SQLite`), with the table
//! that `template.yaml` defines. None of this is deployed.
//!
//! | module | contents | used by |
//! | --- | --- | --- |
//! | `table_definition` | the table of `template.yaml`, and how it is created | all below |
//! | `database` | the database, in memory or in a file | all below |
//! | `server` | the database behind HTTP, in the protocol of DynamoDB | the local stack, tests, benchmarks |
//! | `in_process` | a client of the database without a network | fault tests, fuzzing |
//! | `faults` | faults of an in-process client: throttled calls, lost responses, half batches | fault tests |
//! | `test_table` | a table for one test, here or in another DynamoDB implementation | tests of the store |

mod client_settings;
mod database;
mod error;
mod faults;
mod in_process;
mod server;
mod table_definition;
mod test_table;

pub use client_settings::client_settings;
pub use database::{Database, in_memory_database};
pub use error::StartError;
pub use faults::{Fault, Faults};
pub use in_process::{in_process_client, in_process_client_with};
pub use server::EmbeddedDynamoDb;
pub use table_definition::TABLE;
pub use test_table::{Difference, TestTable};
