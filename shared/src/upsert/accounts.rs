//! The accounts of a list. Accounts that the tenant lacks are created; a code or a name that an account lacks is added
//! to it.

use std::{
    collections::{HashMap, HashSet},
    mem,
};

use super::{
    account_plan::{AccountPlan, AccountWrite},
    error::UpsertError,
    item::Item,
    resolved_accounts::ResolvedAccounts,
    start::Start,
};
use crate::{
    concurrency::try_join_bounded,
    context::{Mode, OperationContext},
    domain::{AccountId, AccountReference, ContactId, TenantName},
    store::{AccountLookup, AccountMatch, Backoff, Store, StoreError, StoredContact, WriteOutcome},
};

/// The most rounds of planning and writing the accounts of a list. Another round is needed when another caller wrote one of
/// them in between.
const MAX_ROUNDS: usize = 50;

/// The most accounts that are written at once.
const MAX_CONCURRENT_WRITES: usize = 32;

/// Finds, completes or creates the account of every reference in the list, as if the references had been applied one after
/// the other: those by id first, then those by code and name, then the others, each in list order. So an item by code and
/// name assigns both to one account before other items refer to it by one of them.
///
/// Time and units grow with the number of distinct references, however they are connected. If another caller was faster,
/// all of them are planned anew on what is stored by then.
///
/// `contacts` are read with the accounts, and returned as they are stored.
pub(super) async fn resolve_accounts<'i>(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    start: &Start<'_>,
    items: &'i [Item],
    mut contacts: HashSet<ContactId>,
) -> Result<(ResolvedAccounts<'i>, HashMap<ContactId, StoredContact>), UpsertError> {
    let references = distinct_references(items);
    // Ids with which accounts could not be created, or must not be. They are read in the next round, to find out whether
    // another account has them.
    let mut refused_ids = HashSet::new();
    let mut backoff = Backoff::after_race();
    let mut stored_contacts = HashMap::new();
    for _ in 0..MAX_ROUNDS {
        let unread = mem::take(&mut contacts);
        let (lookup, read) =
            store.look_up_accounts_and_contacts(context, tenant, references.iter().copied(), unread).await?;
        stored_contacts.extend(read);
        let ids = incomplete_matches(&lookup, &references).chain(refused_ids.iter().copied()).collect();
        let stored = store.accounts(context, tenant, ids).await?;
        let mut plan = AccountPlan::new(tenant, lookup, stored);
        let resolved = references.iter().map(|reference| (*reference, plan.add(reference))).collect();
        let refused = match context.mode() {
            Mode::Apply if plan.writes().next().is_none() => Vec::new(),
            Mode::Apply => {
                start.ensure().await?;
                write_accounts(store, context, tenant, plan.writes()).await?
            }
            Mode::ValidateOnly => plan.created_ids().filter(|id| !refused_ids.contains(id)).collect(),
        };
        if refused.is_empty() {
            return Ok((ResolvedAccounts::new(resolved), stored_contacts));
        }
        refused_ids.extend(refused);
        if context.mode() == Mode::Apply {
            backoff.wait(context, "another caller was faster").await;
        }
    }
    Err(StoreError::unavailable("accounts are made by too many callers at once").into())
}

/// The references of a list, each once, in the order in which they are applied.
fn distinct_references(items: &[Item]) -> Vec<&AccountReference> {
    let mut seen = HashSet::new();
    let mut references: Vec<_> =
        items.iter().filter_map(|item| item.account.as_ref()).filter(|one| seen.insert(*one)).collect();
    references.sort_by_key(|reference| match (reference.id(), reference.code(), reference.name()) {
        (Some(_), ..) => 0,
        (None, Some(_), Some(_)) => 1,
        _ => 2,
    });
    references
}

/// The accounts that have only a part of a reference.
fn incomplete_matches(
    lookup: &AccountLookup,
    references: &[&AccountReference],
) -> impl Iterator<Item = AccountId> {
    references.iter().filter_map(|reference| match lookup.find(reference) {
        AccountMatch::Incomplete(id) => Some(id),
        _ => None,
    })
}

/// Writes accounts, and returns the ids of the refused writes: another caller was faster.
async fn write_accounts(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    writes: impl Iterator<Item = &AccountWrite>,
) -> Result<Vec<AccountId>, StoreError> {
    let work = writes.map(|write| async move {
        let (account, outcome) = match write {
            AccountWrite::Create(account) => (account, store.create_account(context, tenant, account).await),
            AccountWrite::Complete(added) => (added, store.complete_account(context, tenant, added).await),
        };
        outcome.map(|outcome| (account.id, outcome))
    });
    let outcomes = try_join_bounded(MAX_CONCURRENT_WRITES, work).await?;
    let refused = outcomes.into_iter().filter(|(_, outcome)| *outcome == WriteOutcome::ConditionFailed);
    Ok(refused.map(|(id, _)| id).collect())
}
