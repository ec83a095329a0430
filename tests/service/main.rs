//! Tests of the running service against its contract. A test's name states the rule that it proves.
//!
//! They run on a stack that they find or start; the `stack` module of `contacts_tests` says how.

mod accounts;
mod authorization;
mod concurrency;
mod contact_fields;
mod contact_lookup;
mod contract_samples;
mod delete_rules;
mod error_codes;
mod hang_ups;
mod idempotency_keys;
mod large_lists;
mod log_lines;
mod metric_declarations;
mod pii_leaks;
mod request_bodies;
mod request_errors;
mod route_declarations;
mod tenant_isolation;
mod traces;
mod triggers;
mod unknown_routes;
mod upsert_rules;
mod validate_only;
