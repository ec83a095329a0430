//! The deletion, from the account to the last transaction.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use futures_util::{StreamExt, stream};

use crate::{
    context::{Mode, OperationContext, Phase},
    domain::{AccountId, AccountReference, Contact, ContactId, ContactReference, TenantName},
    store::{AccountMatch, Backoff, Store, StoreError, StoredContact, WriteOutcome},
};

/// The most rounds of reading and deleting, for contacts that other callers keep changing.
const MAX_ROUNDS: usize = 200;

/// The most transactions at once.
const MAX_CONCURRENT_TRANSACTIONS: usize = 8;

/// Why contacts were not deleted (docs/api.md, "Delete contacts of an account").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// There is no such account.
    #[error("the account does not exist")]
    UnknownAccount,
    /// The account params belong to different accounts.
    #[error("the account params name different accounts")]
    AccountsDisagree,
    /// A contact is listed twice.
    #[error("a contact is named twice")]
    DuplicateContact,
    /// Some contacts belong to the account, and all others to other accounts.
    #[error("some contacts are on other accounts")]
    SomeOnOtherAccounts,
    /// None of the contacts belongs to the account.
    #[error("no contact is on the account")]
    NoneFound,
    /// Some contacts belong to the account, and at least one of the others doesn't exist.
    #[error("some contacts do not exist")]
    NotAllFound,
    /// The deleted contacts would not fit into the answer.
    #[error("the answer would be too large")]
    AnswerTooLarge,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The contacts to delete.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// The account.
    pub account: AccountReference,
    /// The contacts: at least one.
    pub contacts: Vec<ContactReference>,
}

/// Deleted contacts, with the state in which they were deleted, by position in the request.
pub type Deleted = BTreeMap<usize, Contact>;

/// Deletes contacts of an account.
///
/// `fits_answer` is given all contacts that the answer would list, including those deleted in earlier rounds, and decides
/// whether the answer can hold them. If it can't, no more are deleted.
///
/// A contact is added to `deleted` when its deletion is confirmed. So `deleted` lists only contacts that are deleted,
/// however the function ends, and also if it is cancelled. It may lack contacts of a transaction without a response. Starts
/// no transaction whose outcome could not be reported before the context's deadline. In the mode
/// [`ValidateOnly`](Mode::ValidateOnly), `deleted` lists the contacts that would be deleted.
///
/// # Errors
/// In the first round, all errors but the store's are found before anything is deleted. The store can fail after some
/// transactions have succeeded, and in later rounds the contacts that are left can have moved, vanished or grown.
pub async fn delete(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    deletion: &Deletion,
    fits_answer: impl Fn(&[&Contact]) -> bool,
    deleted: &mut Deleted,
) -> Result<(), DeleteError> {
    let ids: Vec<_> = deletion.contacts.iter().map(|contact| contact.contact_id(tenant)).collect();
    let positions: HashMap<_, _> = ids.iter().enumerate().map(|(position, id)| (*id, position)).collect();
    if positions.len() < ids.len() {
        return Err(DeleteError::DuplicateContact);
    }
    let account = find_account(store, context, tenant, &deletion.account);
    let account = context.phases().run_async(Phase::Accounts, account).await?;
    let _phase = context.phases().start(Phase::Contacts);
    let mut backoff = Backoff::after_race();
    for _ in 0..MAX_ROUNDS {
        let already_deleted: HashSet<_> = deleted.values().map(|contact| contact.id).collect();
        let remaining: Vec<_> = ids.iter().filter(|id| !already_deleted.contains(id)).copied().collect();
        let stored = store.contacts(context, tenant, remaining.iter().copied()).await?;
        check_membership(&deletion.contacts, tenant, &already_deleted, &stored, account)?;
        let answered: Vec<_> =
            deleted.values().chain(stored.values().map(|stored| &stored.contact)).collect();
        if !fits_answer(&answered) {
            return Err(DeleteError::AnswerTooLarge);
        }
        let contacts: Vec<_> = remaining.iter().filter_map(|id| stored.get(id)).collect();
        if context.mode() == Mode::ValidateOnly {
            deleted.extend(contacts.iter().map(|stored| at_its_position(stored, &positions)));
            return Ok(());
        }
        match delete_all(store, context, tenant, &contacts, &positions, deleted).await? {
            WriteOutcome::Applied => return Ok(()),
            WriteOutcome::ConditionFailed => backoff.wait(context, "a contact changed meanwhile").await,
        }
    }
    Err(StoreError::unavailable("contacts keep changing while they are deleted").into())
}

/// Checks that every contact belongs to the account. Contacts that this operation has already deleted belonged to it.
/// A contact with the `contact_id` but another `link_id` than listed counts as missing.
fn check_membership(
    contacts: &[ContactReference],
    tenant: &TenantName,
    already_deleted: &HashSet<ContactId>,
    stored: &HashMap<ContactId, StoredContact>,
    account: AccountId,
) -> Result<(), DeleteError> {
    let mut on_account = 0;
    let mut missing = 0;
    for reference in contacts {
        let id = reference.contact_id(tenant);
        match stored.get(&id).filter(|stored| reference.matches(&stored.contact)) {
            _ if already_deleted.contains(&id) => on_account += 1,
            Some(stored) if stored.contact.account == account => on_account += 1,
            Some(_) => {}
            None => missing += 1,
        }
    }
    match (on_account, missing) {
        (all, _) if all == contacts.len() => Ok(()),
        (0, _) => Err(DeleteError::NoneFound),
        (_, 0) => Err(DeleteError::SomeOnOtherAccounts),
        _ => Err(DeleteError::NotAllFound),
    }
}

/// Deletes contacts in concurrent transactions. After the first transaction that fails, no other is started. Returns an
/// error if a transaction had one; otherwise `ConditionFailed` if a contact had changed, and so not all are deleted.
async fn delete_all(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    contacts: &[&StoredContact],
    positions: &HashMap<ContactId, usize>,
    deleted: &mut Deleted,
) -> Result<WriteOutcome, StoreError> {
    let stopped = &AtomicBool::new(false);
    let work = contacts.chunks(Store::MAX_CONTACTS_PER_DELETE).map(|chunk| async move {
        if stopped.load(Relaxed) {
            return (chunk, Ok(WriteOutcome::ConditionFailed));
        }
        let outcome = store.delete_contacts(context, tenant, chunk).await;
        if outcome != Ok(WriteOutcome::Applied) {
            stopped.store(true, Relaxed);
        }
        (chunk, outcome)
    });
    let mut transactions =
        stream::iter(work.collect::<Vec<_>>()).buffer_unordered(MAX_CONCURRENT_TRANSACTIONS);
    let mut result = Ok(WriteOutcome::Applied);
    while let Some((chunk, outcome)) = transactions.next().await {
        match outcome {
            Ok(WriteOutcome::Applied) => {
                deleted.extend(chunk.iter().map(|stored| at_its_position(stored, positions)));
            }
            // Keeps the error of another transaction.
            Ok(WriteOutcome::ConditionFailed) => result = result.and(Ok(WriteOutcome::ConditionFailed)),
            Err(error) => result = Err(error),
        }
    }
    result
}

fn at_its_position(stored: &StoredContact, positions: &HashMap<ContactId, usize>) -> (usize, Contact) {
    let position = positions.get(&stored.contact.id).expect("only listed contacts are read");
    (*position, stored.contact.clone())
}

async fn find_account(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    reference: &AccountReference,
) -> Result<AccountId, DeleteError> {
    let lookup = store.look_up_accounts(context, tenant, [reference]).await?;
    match lookup.find(reference) {
        AccountMatch::Complete(id) => Ok(id),
        AccountMatch::Incomplete(_) | AccountMatch::Conflict => Err(DeleteError::AccountsDisagree),
        AccountMatch::None | AccountMatch::UnknownId => Err(DeleteError::UnknownAccount),
    }
}
