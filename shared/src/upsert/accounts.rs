//! Which accounts a list's references mean. What the tenant lacks is created; a code or a name that an
//! account lacks so far is added to it.

use std::collections::{HashMap, HashSet};

use super::item::{Item, ItemError};
use crate::{
    concurrently,
    domain::{Account, AccountId, AccountReference, TenantName},
    store::{AccountLookup, Backoff, Found, Store, StoreError},
};

/// How often the accounts of a list are looked up again because another caller, or another item, made
/// one of them in between.
const MAX_ROUNDS: usize = 50;

/// How many accounts are made at once.
const WRITES_UNDER_WAY: usize = 32;

/// The account that each reference of a list means, or why it means none.
pub(super) struct Accounts<'i>(HashMap<&'i AccountReference, Result<AccountId, ItemError>>);

impl Accounts<'_> {
    /// The account that one of the list's references means.
    pub(super) fn id(&self, reference: &AccountReference) -> Result<AccountId, ItemError> {
        self.0.get(reference).cloned().unwrap_or(Err(ItemError::AccountNotFound))
    }
}

/// Finds, completes or creates the account of every reference in the list.
///
/// References by id come first, then those to a code and a name together: they may say whose a code or a name
/// is that other items give, or that both are the same account's.
pub(super) async fn resolve<'i>(
    store: &Store,
    tenant: &TenantName,
    items: &'i [Item],
) -> Result<Accounts<'i>, StoreError> {
    let mut seen = HashSet::new();
    let mut open: Vec<_> =
        items.iter().filter_map(|item| item.account.as_ref()).filter(|one| seen.insert(*one)).collect();
    open.sort_by_key(|reference| {
        (reference.id().is_none(), reference.code().is_none() || reference.name().is_none())
    });
    let mut resolved = HashMap::with_capacity(open.len());
    // The ids that new accounts were refused with: somebody may have them.
    let mut refused = HashSet::new();
    let mut backoff = Backoff::after_a_race();
    for _ in 0..MAX_ROUNDS {
        let lookup = look_up(store, tenant, &open).await?;
        let incomplete = open.iter().filter_map(|reference| lookup.incomplete(reference));
        let details = store.accounts(tenant, incomplete.chain(refused.iter().copied()).collect()).await?;
        let mut writes = Vec::new();
        for reference in open {
            match next_step(tenant, reference, &lookup, &details) {
                Step::Known(outcome) => drop(resolved.insert(reference, outcome)),
                Step::Write(write) => writes.push((reference, write)),
            }
        }
        open = carry_out(store, tenant, &writes, &mut resolved, &mut refused).await?;
        if open.is_empty() {
            return Ok(Accounts(resolved));
        }
        store.back_off(&mut backoff, "another caller was faster").await;
    }
    Err(StoreError::Unavailable("accounts are made by too many callers at once".to_owned()))
}

async fn look_up(
    store: &Store,
    tenant: &TenantName,
    references: &[&AccountReference],
) -> Result<AccountLookup, StoreError> {
    let ids = references.iter().filter_map(|reference| reference.id()).collect();
    let codes = references.iter().filter_map(|reference| reference.code().cloned()).collect();
    let names = references.iter().filter_map(|reference| reference.name().cloned()).collect();
    store.look_up_accounts(tenant, ids, codes, names).await
}

/// What is to be done about a reference.
enum Step {
    /// Nothing: it is known which account it means.
    Known(Result<AccountId, ItemError>),
    /// An account has to be written first.
    Write(AccountWrite),
}

enum AccountWrite {
    /// There is none yet.
    Create(Account),
    /// It lacks this code, this name or both.
    Complete(Account),
}

impl AccountWrite {
    fn account(&self) -> &Account {
        match self {
            Self::Create(account) | Self::Complete(account) => account,
        }
    }
}

fn next_step(
    tenant: &TenantName,
    reference: &AccountReference,
    lookup: &AccountLookup,
    details: &HashMap<AccountId, Account>,
) -> Step {
    let id = match lookup.find(reference) {
        Found::One(id) => id,
        Found::UnknownId => return Step::Known(Err(ItemError::AccountNotFound)),
        Found::Several => return Step::Known(Err(ItemError::AccountsDisagree)),
        Found::None => {
            return match reference.new_account(tenant) {
                Some(new) => create(new, details),
                None => Step::Known(Err(ItemError::AccountNotFound)),
            };
        }
    };
    if lookup.incomplete(reference).is_none() {
        return Step::Known(Ok(id));
    }
    let Some(account) = details.get(&id) else { return Step::Known(Err(ItemError::AccountNotFound)) };
    // The account was read after the code and the name were looked up, so it may have been given them in
    // between, by another caller who means the same.
    let code = missing(reference.code(), account.code.as_ref());
    let name = missing(reference.name(), account.name.as_ref());
    match (code, name) {
        (Ok(None), Ok(None)) => Step::Known(Ok(id)),
        (Ok(code), Ok(name)) => Step::Write(AccountWrite::Complete(Account { id, code, name })),
        _ => Step::Known(Err(ItemError::AccountsDisagree)),
    }
}

/// Creates an account, unless the id that follows from its code or its name is known to be another's. One by
/// the same code or name came in between; the next look-up finds that.
fn create(new: Account, details: &HashMap<AccountId, Account>) -> Step {
    let is_taken = details.get(&new.id).is_some_and(|account| match &new.code {
        Some(_) => account.code != new.code,
        None => account.name != new.name,
    });
    if is_taken {
        Step::Known(Err(ItemError::AccountIdTaken))
    } else {
        Step::Write(AccountWrite::Create(new))
    }
}

/// What an account lacks of what a reference gives; an error if it has something else there.
fn missing<T: Clone + PartialEq>(given: Option<&T>, present: Option<&T>) -> Result<Option<T>, ItemError> {
    match (given, present) {
        (Some(given), None) => Ok(Some(given.clone())),
        (Some(given), Some(present)) if given != present => Err(ItemError::AccountsDisagree),
        _ => Ok(None),
    }
}

/// Carries out the writes that have no account, code or name in common, and returns the references that
/// have to be looked at again: those whose write had something in common with an earlier one, or was
/// refused because another caller came first.
async fn carry_out<'i>(
    store: &Store,
    tenant: &TenantName,
    writes: &[(&'i AccountReference, AccountWrite)],
    resolved: &mut HashMap<&'i AccountReference, Result<AccountId, ItemError>>,
    refused: &mut HashSet<AccountId>,
) -> Result<Vec<&'i AccountReference>, StoreError> {
    let mut ids = HashSet::new();
    let mut codes = HashSet::new();
    let mut names = HashSet::new();
    let (apart, later): (Vec<_>, Vec<_>) = writes.iter().partition(|(_, write)| {
        let account = write.account();
        // All three are noted even if the first is known, so that none is missed for a later one.
        let new_id = ids.insert(account.id);
        let new_code = account.code.as_ref().is_none_or(|code| codes.insert(code));
        let new_name = account.name.as_ref().is_none_or(|name| names.insert(name));
        new_id && new_code && new_name
    });
    let mut open: Vec<_> = later.into_iter().map(|(reference, _)| *reference).collect();
    let work = apart.iter().map(|(_, write)| async move {
        match write {
            AccountWrite::Create(account) => store.create_account(tenant, account).await,
            AccountWrite::Complete(added) => store.complete_account(tenant, added).await,
        }
    });
    let done = concurrently::all(WRITES_UNDER_WAY, work).await?;
    for ((reference, write), done) in apart.into_iter().zip(done) {
        if done {
            resolved.insert(*reference, Ok(write.account().id));
        } else {
            open.push(*reference);
            if let AccountWrite::Create(account) = write {
                refused.insert(account.id);
            }
        }
    }
    Ok(open)
}
