//! The tool as its users run it: the real binary, on an embedded DynamoDB, and where it calls the service,
//! on the running stack. A test's name is the rule that it proves.

#![allow(clippy::unwrap_used, reason = "what isn't as a test needs it fails the test")]

mod accounts;
mod contacts_shown;
mod exports;
mod harness;
mod help;
mod import_encodings;
mod import_faults;
mod import_order;
mod import_proxy;
mod import_refusals;
mod import_rejections;
mod import_rows;
mod import_runs;
mod table;
mod tenant_deletion;
mod tenants;
mod tokens;
