//! The number of allocations that work makes.

use std::{future::poll_fn, pin::pin, task::Poll};

/// Waits for work, and returns the number of its allocations with its output; a reallocation counts as one. Tasks that it
/// spawns, such as those that serve HTTP connections, aren't included.
pub(crate) async fn count_allocations<T>(work: impl Future<Output = T>) -> (T, u64) {
    let mut work = pin!(work);
    let mut allocations = 0;
    let output = poll_fn(|context| {
        let mut poll = Poll::Pending;
        let counted = allocation_counter::measure(|| poll = work.as_mut().poll(context));
        allocations += counted.count_total;
        poll
    })
    .await;
    (output, allocations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn allocations_before_and_after_a_wait_are_counted() {
        let work = async {
            let first = Box::new(1);
            tokio::task::yield_now().await;
            *first + *Box::new(2)
        };
        let ((), none) = count_allocations(async {}).await;
        let (sum, two) = count_allocations(work).await;
        assert_eq!((sum, none, two), (3, 0, 2));
    }
}
