//! The tool as its users run it: the real binary, on an embedded DynamoDB. A test's name is the rule that
//! it proves.

#![allow(clippy::unwrap_used, reason = "what isn't as a test needs it fails the test")]

mod accounts;
mod contacts_shown;
mod exports;
mod harness;
mod help;
mod table;
mod tenant_deletion;
mod tenants;
mod tokens;
