//! The running service against its contract. A test's name is the rule that it proves.

mod access;
mod accounts;
mod big_lists;
mod bodies;
mod canaries;
mod contact_fields;
mod contract_samples;
mod declared_metrics;
mod declared_routes;
mod delete_rules;
mod log_lines;
mod races;
mod request_errors;
mod routes;
mod tenants_apart;
mod traces;
mod triggers;
mod upsert_rules;
mod which_contact;
