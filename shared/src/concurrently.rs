//! Doing many things at once, but not too many.

use futures_util::{StreamExt, TryStreamExt, stream};

/// Does all of `work`, at most `limit` of it at a time, and returns the results in the order of the work.
/// The first error ends it, and what is still under way with it.
pub(crate) async fn all<T, E, F>(limit: usize, work: impl IntoIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    // Collected first, because a closure that lends out what it borrows can't be part of a `Send` future.
    let numbered: Vec<_> = work.into_iter().enumerate().map(numbered).collect();
    let mut results: Vec<_> = stream::iter(numbered).buffer_unordered(limit).try_collect().await?;
    results.sort_unstable_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

async fn numbered<T, E>(
    (number, work): (usize, impl Future<Output = Result<T, E>>),
) -> Result<(usize, T), E> {
    Ok((number, work.await?))
}
