//! The processes of a run. Each is this program, and its first argument names its role. They are separate,
//! because the CPU time of DynamoDB and of its client is measured separately. The section `lambda` starts two
//! more: a stub in DynamoDB's place, and one that checks CPU quotas.

pub(crate) mod coordinator;
pub(crate) mod cpu_burner;
pub(crate) mod dynamodb_server;
pub(crate) mod section_runner;
pub(crate) mod store_stub_server;
