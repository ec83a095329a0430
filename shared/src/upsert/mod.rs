//! The use case "create or update contacts": a list of items, one outcome each, in list order.
//!
//! 1. [`accounts`]: which accounts the items mean; those that the tenant lacks are created.
//! 2. [`identity`]: which contact each item means; items that mean the same one form a group.
//! 3. [`settle`]: chunks of groups, each on its own: read the contacts, [`apply`] the items to them in
//!    memory, write what differs, and start over with what another caller changed in between. Of a long
//!    list of new contacts, only the first chunks are read ([`seen`]).

mod accounts;
mod apply;
mod identity;
mod item;
#[cfg(test)]
mod model;
mod seen;
mod settle;
#[cfg(test)]
mod tests;

use crate::{
    concurrently,
    domain::Tenant,
    phases::Phase,
    store::{OperationId, Store, StoreError},
};

use seen::Seen;

pub use item::{Change, Done, Fields, Item, ItemError, Outcome, State};

/// How many contacts are read, decided on and written together: as many as one read takes.
const CHUNK: usize = 100;

/// How many chunks are under way at once: enough to keep the store's calls busy, while only their
/// contacts are in memory a second time.
const CHUNKS_UNDER_WAY: usize = 16;

/// Creates or updates contacts, and says for each item what became of it.
///
/// Safe to repeat and to run at the same time as any other operation; takes until the store has done it,
/// however long that is, so put a time limit on it.
pub async fn upsert(
    store: &Store,
    tenant: &Tenant,
    operation: &OperationId,
    items: &[Item],
) -> Result<Vec<Outcome>, StoreError> {
    upsert_having_seen(&Seen::default(), store, tenant, operation, items).await
}

/// The same for an operation that has seen other contacts before: tests begin as the last chunks of a long list
/// do, without one.
async fn upsert_having_seen(
    seen: &Seen,
    store: &Store,
    tenant: &Tenant,
    operation: &OperationId,
    items: &[Item],
) -> Result<Vec<Outcome>, StoreError> {
    let accounts = accounts::resolve(store, &tenant.name, items);
    let accounts = store.phases().during(Phase::Accounts, accounts).await?;
    let mut outcomes: Vec<Option<Outcome>> = vec![None; items.len()];
    let mut identified = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        match identity::identify(&tenant.name, position, item, &accounts) {
            Ok(item) => identified.push(item),
            Err(error) => outcomes[position] = Some(Err(error)),
        }
    }
    let groups = identity::group(identified);
    let chunks =
        groups.chunks(CHUNK).map(|chunk| settle::settle(store, &tenant.name, operation, seen, chunk));
    let settled = concurrently::all(CHUNKS_UNDER_WAY, chunks);
    let settled = store.phases().during(Phase::Contacts, settled).await?;
    for (position, outcome) in settled.into_iter().flatten() {
        outcomes[position] = Some(outcome);
    }
    // Every item either failed to be identified or is in exactly one group, and every group is settled.
    Ok(outcomes.into_iter().flatten().collect())
}
