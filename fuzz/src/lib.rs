//! What the fuzz targets share. What each target feeds to the service is in `fuzz_targets/`; see `README.md`.
//!
//! | module | contents |
//! | --- | --- |
//! | [`service`] | the part of the service that is fuzzed: all imports of its entry points |
//! | [`function`] | a function as Lambda runs it, on a table that is the same for every input |
//! | [`http_request`] | the events that API Gateway makes of an HTTP request |
//! | [`responses`] | checks of the responses to each kind of event |
//! | [`encode`] | parsed bodies, encoded as JSON again |
//!
//! The rules themselves are in `contacts-model`, the oracle.

mod dynamodb;
pub mod encode;
pub mod function;
pub mod http_request;
pub mod responses;
pub mod service;
mod table;
