//! The operator's tool, run as operators run it, on the running service.

#![allow(clippy::unwrap_used, reason = "where a test can't go on, it fails")]

mod import_encodings;
mod import_faults;
mod import_order;
mod import_proxy;
mod import_refusals;
mod import_rejections;
mod import_rows;
mod import_runs;
