//! What the sections run and how they check it: processes of Lambda functions with their events, the table
//! with its tenants and contacts, and the CPU time and memory of processes. Nothing here reports a result.

pub(crate) mod contact_fixtures;
pub(crate) mod dynamodb_table;
pub(crate) mod event;
pub(crate) mod function;
pub(crate) mod process_stats;
pub(crate) mod program;
pub(crate) mod tenant_fixture;
