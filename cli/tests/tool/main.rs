//! Tests of the binary, on an embedded DynamoDB, and for imports on a running stack. The name of a test is
//! the rule that it checks.

#![allow(clippy::unwrap_used, reason = "an unexpected value fails the test")]

mod accounts;
mod certificates;
mod contact_deletions;
mod contact_searches;
mod contacts;
mod dynamodb_proxy;
mod exports;
mod harness;
mod help;
mod import_changed_files;
mod import_dry_runs;
mod import_encodings;
mod import_errors;
mod import_faults;
mod import_formats;
mod import_order;
mod import_proxy;
mod import_rejections;
mod import_rows;
mod import_runs;
mod import_streams;
mod import_tables;
mod signals;
mod streams;
mod table;
mod tenant_deletions;
mod tenants;
mod terminals;
mod tls_server;
mod tokens;
