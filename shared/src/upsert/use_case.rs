//! The upsert, from a list of items to their outcomes.

use super::{
    accounts::resolve_accounts,
    chunk::write_chunk,
    error::UpsertError,
    identity::{given_contact_ids, group_by_contact, identify},
    insert_heuristic::InsertHeuristic,
    item::{Item, Outcome, Section},
    start::Start,
};
use crate::{
    concurrency::try_join_bounded,
    context::{OperationContext, Phase},
    domain::Tenant,
    store::Store,
};

/// The contacts of a chunk, which are read, changed and written together: as many as one read takes.
pub(super) const CHUNK_LEN: usize = 100;

/// The most chunks at once. It keeps the store's calls busy, and only the contacts of these chunks are in memory twice.
pub(super) const MAX_CONCURRENT_CHUNKS: usize = 16;

/// Creates or updates contacts, and returns the outcome of each item.
///
/// Idempotent, and safe to run concurrently with any other operation. Transient errors of the store are retried without a
/// limit: put the context's deadline on it.
///
/// # Errors
/// Fails if the store does. The items may then have been applied, in part or all; the same list can be sent again.
pub async fn upsert(
    store: &Store,
    tenant: &Tenant,
    context: &OperationContext,
    items: &[Item],
) -> Result<Vec<Outcome>, UpsertError> {
    upsert_sections(store, tenant, context, items, &[]).await
}

/// [`upsert`] of a list whose sections came with idempotency keys. Sections are in the order of the list and cover all of it, or
/// there are none.
///
/// Items that created their contact when the same section was carried out before are created again, and apply nothing.
///
/// # Errors
/// Fails if the store does, or a key is bound to another body.
pub async fn upsert_sections(
    store: &Store,
    tenant: &Tenant,
    context: &OperationContext,
    items: &[Item],
    sections: &[Section],
) -> Result<Vec<Outcome>, UpsertError> {
    upsert_with(&InsertHeuristic::default(), store, tenant, context, items, sections).await
}

/// [`upsert`] with a heuristic that may have seen other contacts: tests start in the state that the last chunks of a long
/// list start in.
pub(super) async fn upsert_with(
    heuristic: &InsertHeuristic,
    store: &Store,
    tenant: &Tenant,
    context: &OperationContext,
    items: &[Item],
    sections: &[Section],
) -> Result<Vec<Outcome>, UpsertError> {
    let start = Start::new(store, context, &tenant.name, sections);
    // The contacts of a short list are read with its accounts, which saves a round trip if these are not cached.
    let is_short = items.len() <= CHUNK_LEN && !heuristic.assumes_new();
    let early_ids = if is_short { given_contact_ids(&tenant.name, items) } else { None };
    let is_read_early = early_ids.is_some();
    let accounts =
        resolve_accounts(store, context, &tenant.name, &start, items, early_ids.unwrap_or_default());
    let (accounts, stored) = context.phases().run_async(Phase::Accounts, accounts).await?;
    let mut already_read = is_read_early.then_some(stored);
    let mut outcomes: Vec<Option<Outcome>> = vec![None; items.len()];
    let mut identified = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        match identify(&tenant.name, position, item, &accounts) {
            Ok(item) => identified.push(item),
            Err(error) => outcomes[position] = Some(Err(error)),
        }
    }
    let groups = group_by_contact(identified);
    let chunks = groups.chunks(CHUNK_LEN).map(|chunk| {
        write_chunk(store, context, &tenant.name, &start, heuristic, chunk, already_read.take())
    });
    let written = try_join_bounded(MAX_CONCURRENT_CHUNKS, chunks);
    let written = context.phases().run_async(Phase::Contacts, written).await?;
    // Binds the keys of a list in which no item means a contact.
    start.ensure().await?;
    for (position, outcome) in written.into_iter().flatten() {
        outcomes[position] = Some(outcome);
    }
    let complete: Option<_> = outcomes.into_iter().collect();
    Ok(complete
        .expect("an item either fails to be identified or is in one group, and every group is written"))
}
