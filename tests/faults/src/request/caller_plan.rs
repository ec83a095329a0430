//! The requests of a caller.

/// What a caller sends.
#[derive(Debug, Clone)]
pub(crate) struct CallerPlan {
    /// Its requests, which it sends one after the other. A request that is listed twice is sent again.
    pub(crate) requests: Vec<usize>,
    /// The most messages of SQS that it sends at once.
    pub(crate) batch_size: usize,
}
