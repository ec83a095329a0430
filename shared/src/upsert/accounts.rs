//! The accounts of a list. Accounts that the tenant lacks are created; a code or a name that an account lacks is added
//! to it.

use std::collections::{HashMap, HashSet};

use super::item::{Item, ItemError};
use crate::{
    concurrency::try_join_bounded,
    context::OperationContext,
    domain::{Account, AccountId, AccountReference, TenantName},
    store::{AccountLookup, AccountMatch, Backoff, Store, StoreError, WriteOutcome},
};

/// The most rounds of looking up and writing the accounts of a list. Another round is needed when another caller, or
/// another item, wrote one of them in between.
const MAX_ROUNDS: usize = 50;

/// The most accounts that are written at once.
const MAX_CONCURRENT_WRITES: usize = 32;

/// The account of each reference of a list, or why it has none.
pub(super) struct ResolvedAccounts<'i>(HashMap<&'i AccountReference, Result<AccountId, ItemError>>);

impl ResolvedAccounts<'_> {
    /// The account of one of the list's references.
    pub(super) fn id(&self, reference: &AccountReference) -> Result<AccountId, ItemError> {
        self.0.get(reference).expect("every reference of the list is resolved").clone()
    }
}

/// Finds, completes or creates the account of every reference in the list.
///
/// In the first round, references by id come first, then those by code and name: they may assign a code or a name that other
/// items refer by, or show that both belong to the same account. In later rounds, deferred references come before those
/// whose write another caller prevented.
pub(super) async fn resolve_accounts<'i>(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    items: &'i [Item],
) -> Result<ResolvedAccounts<'i>, StoreError> {
    let mut seen = HashSet::new();
    let mut open: Vec<_> =
        items.iter().filter_map(|item| item.account.as_ref()).filter(|one| seen.insert(*one)).collect();
    open.sort_by_key(|reference| {
        (reference.id().is_none(), reference.code().is_none() || reference.name().is_none())
    });
    let mut resolved = HashMap::with_capacity(open.len());
    // Ids with which accounts could not be created. They are read in the next round, to find out whether another account has
    // them.
    let mut refused_ids = HashSet::new();
    let mut backoff = Backoff::after_race();
    for _ in 0..MAX_ROUNDS {
        let lookup = store.look_up_accounts(context, tenant, open.iter().copied()).await?;
        let incomplete = open.iter().filter_map(|reference| match lookup.find(reference) {
            AccountMatch::Incomplete(id) => Some(id),
            _ => None,
        });
        let ids = incomplete.chain(refused_ids.iter().copied()).collect();
        let stored = store.accounts(context, tenant, ids).await?;
        let mut writes = Vec::new();
        for reference in open {
            match next_step(tenant, reference, &lookup, &stored) {
                Step::Resolved(account) => drop(resolved.insert(reference, account)),
                Step::Write(write) => writes.push((reference, write)),
            }
        }
        open = write_accounts(store, context, tenant, &writes, &mut resolved, &mut refused_ids).await?;
        if open.is_empty() {
            return Ok(ResolvedAccounts(resolved));
        }
        backoff.wait(context, "another caller was faster").await;
    }
    Err(StoreError::unavailable("accounts are made by too many callers at once"))
}

/// The next step for a reference.
enum Step {
    /// No write is needed: its account is known, or the reference can have none.
    Resolved(Result<AccountId, ItemError>),
    /// An account has to be written.
    Write(AccountWrite),
}

/// A write of an account.
enum AccountWrite {
    /// Creates the account.
    Create(Account),
    /// Adds this code, this name or both to the account with this id.
    Extend(Account),
}

impl AccountWrite {
    fn account(&self) -> &Account {
        match self {
            Self::Create(account) | Self::Extend(account) => account,
        }
    }
}

fn next_step(
    tenant: &TenantName,
    reference: &AccountReference,
    lookup: &AccountLookup,
    stored: &HashMap<AccountId, Account>,
) -> Step {
    match lookup.find(reference) {
        AccountMatch::Complete(id) => Step::Resolved(Ok(id)),
        AccountMatch::UnknownId => Step::Resolved(Err(ItemError::AccountNotFound)),
        AccountMatch::Conflict => Step::Resolved(Err(ItemError::AccountsDisagree)),
        AccountMatch::Incomplete(id) => match stored.get(&id) {
            Some(account) => extend(account, reference),
            None => Step::Resolved(Err(ItemError::AccountNotFound)),
        },
        AccountMatch::None => match reference.new_account(tenant) {
            Some(new) => create(new, stored),
            None => Step::Resolved(Err(ItemError::AccountNotFound)),
        },
    }
}

/// Adds what the reference gives and the account lacks. The look-up is cached and has only ids; this account was read after
/// it, so it may have got the same code or name from another caller in between.
fn extend(account: &Account, reference: &AccountReference) -> Step {
    let code = value_to_add(reference.code(), account.code.as_ref());
    let name = value_to_add(reference.name(), account.name.as_ref());
    match (code, name) {
        (Ok(None), Ok(None)) => Step::Resolved(Ok(account.id)),
        (Ok(code), Ok(name)) => Step::Write(AccountWrite::Extend(Account { id: account.id, code, name })),
        _ => Step::Resolved(Err(ItemError::AccountsDisagree)),
    }
}

/// Creates an account, unless its id, which is derived from its code or name, belongs to an account with another code or
/// name. If the stored account has the same code or name, another caller created it in between; the next look-up finds it.
fn create(new: Account, stored: &HashMap<AccountId, Account>) -> Step {
    let is_taken = stored.get(&new.id).is_some_and(|account| match &new.code {
        Some(_) => account.code != new.code,
        None => account.name != new.name,
    });
    if is_taken {
        Step::Resolved(Err(ItemError::AccountIdTaken))
    } else {
        Step::Write(AccountWrite::Create(new))
    }
}

/// The given value if the account has none yet; an error if the account has another value.
fn value_to_add<T: Clone + PartialEq>(given: Option<&T>, stored: Option<&T>) -> Result<Option<T>, ItemError> {
    match (given, stored) {
        (Some(given), None) => Ok(Some(given.clone())),
        (Some(given), Some(stored)) if given != stored => Err(ItemError::AccountsDisagree),
        _ => Ok(None),
    }
}

/// Applies the writes that share no id, code or name with an earlier one, and returns the references to look up again:
/// those whose write was deferred, and those whose write was refused because another caller was faster.
async fn write_accounts<'i>(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    writes: &[(&'i AccountReference, AccountWrite)],
    resolved: &mut HashMap<&'i AccountReference, Result<AccountId, ItemError>>,
    refused_ids: &mut HashSet<AccountId>,
) -> Result<Vec<&'i AccountReference>, StoreError> {
    let mut ids = HashSet::new();
    let mut codes = HashSet::new();
    let mut names = HashSet::new();
    let (disjoint, deferred): (Vec<_>, Vec<_>) = writes.iter().partition(|(_, write)| {
        let account = write.account();
        // All three are recorded even if one of them occurred before: a later write may share the others.
        let new_id = ids.insert(account.id);
        let new_code = account.code.as_ref().is_none_or(|code| codes.insert(code));
        let new_name = account.name.as_ref().is_none_or(|name| names.insert(name));
        new_id && new_code && new_name
    });
    let mut open: Vec<_> = deferred.into_iter().map(|(reference, _)| *reference).collect();
    let work = disjoint.iter().map(|(_, write)| async move {
        match write {
            AccountWrite::Create(account) => store.create_account(context, tenant, account).await,
            AccountWrite::Extend(added) => store.complete_account(context, tenant, added).await,
        }
    });
    let outcomes = try_join_bounded(MAX_CONCURRENT_WRITES, work).await?;
    for ((reference, write), outcome) in disjoint.into_iter().zip(outcomes) {
        match (outcome, write) {
            (WriteOutcome::Applied, write) => drop(resolved.insert(*reference, Ok(write.account().id))),
            (WriteOutcome::ConditionFailed, AccountWrite::Create(account)) => {
                open.push(*reference);
                refused_ids.insert(account.id);
            }
            (WriteOutcome::ConditionFailed, AccountWrite::Extend(_)) => open.push(*reference),
        }
    }
    Ok(open)
}
