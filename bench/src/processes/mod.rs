//! The three processes of a run. Each is this program, and its first argument names its role. They are
//! separate, because the CPU time of DynamoDB and of its client is measured separately.

pub(crate) mod coordinator;
pub(crate) mod dynamodb_server;
pub(crate) mod section_runner;
