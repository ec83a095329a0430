//! What is measured: each module is a section of the benchmark, and returns its results.

pub(crate) mod certificates;
pub(crate) mod cold_start;
pub(crate) mod lambda;
pub(crate) mod memory;
pub(crate) mod placement;
pub(crate) mod service;
pub(crate) mod store;
