//! The use case "delete contacts of an account": all of them or none.
//!
//! 1. Which account is meant, unless a warm function knows.
//! 2. Read the contacts, and see whether every one of them is on the account.
//! 3. Delete up to 100 in a transaction, each on condition that it is still as it was read; what another
//!    caller changed in between is read and judged anew.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use futures_util::{StreamExt, stream};

use crate::{
    domain::{AccountId, AccountReference, Contact, ContactId, LinkId, TenantName},
    phases::Phase,
    store::{Backoff, DeleteOutcome, Found, Store, StoreError, StoredContact},
};

/// How often a transaction's contacts may turn out to have changed since they were read.
const MAX_ROUNDS: usize = 200;

/// How many transactions are under way at once.
const TRANSACTIONS_UNDER_WAY: usize = 8;

/// A contact as a delete names it: by one of its ids, or by both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// By `contact_id`, and by `link_id` if that was given too.
    ContactId(ContactId, Option<LinkId>),
    /// By `link_id` alone.
    LinkId(LinkId),
}

impl Selector {
    /// The contact's id.
    #[must_use]
    pub fn contact_id(&self, tenant: &TenantName) -> ContactId {
        match self {
            Self::ContactId(id, _) => *id,
            Self::LinkId(link_id) => ContactId::derive(tenant, *link_id),
        }
    }

    /// Whether this contact, which has the right id, is also the one that the `link_id` names.
    fn fits(&self, contact: &Contact) -> bool {
        match self {
            Self::ContactId(_, None) => true,
            Self::ContactId(_, Some(link_id)) | Self::LinkId(link_id) => *link_id == contact.link_id,
        }
    }
}

/// Why contacts were not deleted (contract: the table under "Delete").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteError {
    /// There is no such account.
    #[error("the account does not exist")]
    UnknownAccount,
    /// Several account params are given and belong to different accounts.
    #[error("the account params name different accounts")]
    AccountsDisagree,
    /// A contact is named twice.
    #[error("a contact is named twice")]
    NamedTwice,
    /// Some contacts are on the account, and all the others on other accounts.
    #[error("some contacts are on other accounts")]
    OnOtherAccounts,
    /// None of the contacts is on the account.
    #[error("no contact is on the account")]
    NoneFound,
    /// Some contacts are on the account, and at least one of the others exists nowhere.
    #[error("some contacts do not exist")]
    NotAllFound,
    /// Telling about the contacts would take more room than an answer has.
    #[error("the answer would be too large")]
    AnswerTooLarge,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be deleted.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// Whose contacts.
    pub account: AccountReference,
    /// Which contacts: at least one.
    pub contacts: Vec<Selector>,
    /// How much room an answer has for telling about them, as [`told_size`] counts.
    pub room: usize,
}

/// The last moment at which a transaction may begin, so that its end is known when time is up.
pub type BeginBy = tokio::time::Instant;

/// What was deleted, by its place in the request.
pub type Deleted = BTreeMap<usize, Contact>;

/// Deletes contacts of an account. `deleted` gets each contact once it is known to be gone, as it was when
/// it went; so it tells the truth, in the order of the request, however this ends, and also if it is cut
/// short.
pub async fn delete(
    store: &Store,
    tenant: &TenantName,
    deletion: &Deletion,
    begin_by: BeginBy,
    deleted: &mut Deleted,
) -> Result<(), DeleteError> {
    let ids: Vec<_> = deletion.contacts.iter().map(|selector| selector.contact_id(tenant)).collect();
    let places: HashMap<_, _> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    if places.len() < ids.len() {
        return Err(DeleteError::NamedTwice);
    }
    let account = find_account(store, tenant, &deletion.account);
    let account = store.phases().during(Phase::Accounts, account).await?;
    let _contacts = store.phases().begin(Phase::Contacts);
    let mut backoff = Backoff::after_a_race();
    for _ in 0..MAX_ROUNDS {
        let gone: HashSet<_> = deleted.values().map(|contact| contact.id).collect();
        let left: Vec<_> = ids.iter().filter(|id| !gone.contains(id)).copied().collect();
        let stored = store.contacts(tenant, left.iter().copied()).await?;
        judge(&deletion.contacts, tenant, &gone, &stored, account)?;
        let told = deleted.values().chain(stored.values().map(|stored| &stored.contact));
        if told.map(told_size).sum::<usize>() > deletion.room {
            return Err(DeleteError::AnswerTooLarge);
        }
        let contacts: Vec<_> = left.iter().filter_map(|id| stored.get(id)).collect();
        if delete_all(store, tenant, &contacts, begin_by, &places, deleted).await? {
            return Ok(());
        }
        store.back_off(&mut backoff, "a contact changed meanwhile").await;
    }
    Err(StoreError::Unavailable("contacts keep changing while they are deleted".to_owned()).into())
}

/// Whether every contact is on the account; one that this delete has removed already was.
fn judge(
    contacts: &[Selector],
    tenant: &TenantName,
    gone: &HashSet<ContactId>,
    stored: &HashMap<ContactId, StoredContact>,
    account: AccountId,
) -> Result<(), DeleteError> {
    let mut on_account = 0;
    let mut missing = 0;
    for selector in contacts {
        let id = selector.contact_id(tenant);
        match stored.get(&id).filter(|stored| selector.fits(&stored.contact)) {
            _ if gone.contains(&id) => on_account += 1,
            Some(stored) if stored.contact.account == account => on_account += 1,
            Some(_) => {}
            None => missing += 1,
        }
    }
    match (on_account, missing) {
        (all, _) if all == contacts.len() => Ok(()),
        (0, _) => Err(DeleteError::NoneFound),
        (_, 0) => Err(DeleteError::OnOtherAccounts),
        _ => Err(DeleteError::NotAllFound),
    }
}

/// Deletes contacts in transactions, several at once. False as soon as one of them was refused because a
/// contact had changed; those that were not under way by then are not begun.
async fn delete_all(
    store: &Store,
    tenant: &TenantName,
    contacts: &[&StoredContact],
    begin_by: BeginBy,
    places: &HashMap<ContactId, usize>,
    deleted: &mut Deleted,
) -> Result<bool, StoreError> {
    let stopped = &AtomicBool::new(false);
    let work = contacts.chunks(Store::CONTACTS_A_DELETE).map(|chunk| async move {
        if stopped.load(Relaxed) {
            return Ok(None);
        }
        let outcome = store.delete_contacts(tenant, chunk, begin_by).await;
        if outcome != Ok(DeleteOutcome::Deleted) {
            stopped.store(true, Relaxed);
        }
        outcome.map(|outcome| (outcome == DeleteOutcome::Deleted).then_some(chunk))
    });
    let mut transactions = stream::iter(work.collect::<Vec<_>>()).buffer_unordered(TRANSACTIONS_UNDER_WAY);
    let mut result = Ok(true);
    while let Some(outcome) = transactions.next().await {
        match outcome {
            Ok(Some(chunk)) => {
                let contacts = chunk.iter().map(|stored| &stored.contact);
                deleted.extend(contacts.filter_map(|gone| Some((*places.get(&gone.id)?, gone.clone()))));
            }
            Ok(None) => result = result.and(Ok(false)),
            Err(error) => result = Err(error),
        }
    }
    result
}

/// About how many bytes a contact takes in an answer, inside an event of Lambda, where each quotation
/// mark and backslash is escaped twice.
#[must_use]
pub fn told_size(contact: &Contact) -> usize {
    /// The names of the fields, the ids and the punctuation around them.
    const FIXED: usize = 230;
    let escaped =
        |text: &str| text.len() + 3 * text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    FIXED
        + escaped(contact.name.as_str())
        + escaped(contact.mobile_number.as_str())
        + escaped(contact.kind.as_str())
        + contact.email.as_ref().map_or(0, |email| escaped(email.as_str()))
        + contact.description.as_ref().map_or(0, |description| escaped(description.as_str()))
}

async fn find_account(
    store: &Store,
    tenant: &TenantName,
    reference: &AccountReference,
) -> Result<AccountId, DeleteError> {
    let lookup = store
        .look_up_accounts(
            tenant,
            reference.id().into_iter().collect(),
            reference.code().cloned().into_iter().collect(),
            reference.name().cloned().into_iter().collect(),
        )
        .await?;
    match lookup.find(reference) {
        Found::One(_) if lookup.incomplete(reference).is_some() => Err(DeleteError::AccountsDisagree),
        Found::One(id) => Ok(id),
        Found::Several => Err(DeleteError::AccountsDisagree),
        Found::None | Found::UnknownId => Err(DeleteError::UnknownAccount),
    }
}
