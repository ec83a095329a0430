//! What the sections run and how they check it: processes of Lambda functions with their events, the table
//! with its tenants and contacts, a stub in DynamoDB's place, and the CPU time, processors and memory of
//! processes. Nothing here reports a result.

pub(crate) mod allocations;
pub(crate) mod contact_fixtures;
pub(crate) mod cpu_quota;
pub(crate) mod dynamodb_table;
pub(crate) mod event;
pub(crate) mod function;
pub(crate) mod isolation;
pub(crate) mod process_stats;
pub(crate) mod program;
pub(crate) mod request_bytes;
pub(crate) mod store_stub;
pub(crate) mod tenant_fixture;
