//! Bounded concurrency: many futures at once, but not more than a limit.

use futures_util::{StreamExt, TryStreamExt, stream};

/// Runs all futures of `work`, at most `limit` at a time, and returns their results in the order of `work`. The first
/// error cancels the futures that still run.
pub(crate) async fn try_join_bounded<T, E, F>(
    limit: usize,
    work: impl IntoIterator<Item = F>,
) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    // Collected first: a stream that borrows from its closure makes a future that isn't `Send`.
    let numbered: Vec<_> = work.into_iter().enumerate().map(with_number).collect();
    let mut results: Vec<_> = stream::iter(numbered).buffer_unordered(limit).try_collect().await?;
    results.sort_unstable_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

async fn with_number<T, E>(
    (number, work): (usize, impl Future<Output = Result<T, E>>),
) -> Result<(usize, T), E> {
    Ok((number, work.await?))
}
