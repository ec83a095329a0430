//! The deletion, from the account to the last transaction.

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use futures_util::{StreamExt, future::join, stream};

use super::{
    deletion::{Completed, DeleteError, Deleted, Deletion},
    repeat::Repeat,
};
use crate::{
    context::{Mode, OperationContext, Phase},
    domain::{AccountId, AccountReference, Contact, ContactId, ContactReference, Tenant, TenantName},
    store::{AccountMatch, Backoff, DeletionPart, Kept, Store, StoreError, StoredContact, WriteOutcome},
};

/// The most rounds of reading and deleting, for contacts that other callers keep changing.
const MAX_ROUNDS: usize = 200;

/// The most transactions at once.
const MAX_CONCURRENT_TRANSACTIONS: usize = 8;

/// The most bytes of the contacts of a part, so that it fits into an item of 400 KB ("Constraints in Amazon DynamoDB").
pub(super) const MAX_PART_LEN: usize = 300_000;

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
/// A deletion that was carried out before with its idempotency key is not carried out again: it is finished, if it was
/// interrupted, and `deleted` also lists what it deleted before, if its record keeps the contacts.
///
/// # Errors
/// In the first round, all errors but the store's are found before anything is deleted. The store can fail after some
/// transactions have succeeded, and in later rounds the contacts that are left can have moved, vanished or grown.
pub async fn delete(
    store: &Store,
    context: &OperationContext,
    tenant: &Tenant,
    deletion: &Deletion,
    fits_answer: impl Fn(&[&Contact]) -> bool,
    deleted: &mut Deleted,
) -> Result<Completed, DeleteError> {
    let ids: Vec<_> = deletion.contacts.iter().map(|contact| contact.contact_id(&tenant.name)).collect();
    let positions: HashMap<_, _> = ids.iter().enumerate().map(|(position, id)| (*id, position)).collect();
    if positions.len() < ids.len() {
        return Err(DeleteError::DuplicateContact);
    }
    let key = deletion.key.as_ref().filter(|_| context.mode() == Mode::Apply);
    let mut repeat = key.map(|key| Repeat::new(store, context, tenant, key));
    // The contacts of a short list are read with its account, which saves a round trip if that is not cached.
    let is_read_early = repeat.is_none() && deleted.is_empty() && ids.len() <= Store::MAX_CONTACTS_PER_DELETE;
    let early_ids = if is_read_early { ids.iter().copied().collect() } else { HashSet::new() };
    let account = find_account(store, context, &tenant.name, &deletion.account, early_ids);
    let start = join(account, read_record(&mut repeat));
    let (account, record) = context.phases().run_async(Phase::Accounts, start).await;
    record?;
    let (account, mut already_read) = match account {
        Ok((account, stored)) => (Ok(account), is_read_early.then_some(stored)),
        Err(error) => (Err(error), None),
    };
    let _phase = context.phases().start(Phase::Contacts);
    let mut backoff = Backoff::after_race();
    for _ in 0..MAX_ROUNDS {
        let mut gone: HashSet<_> = deleted.values().map(|contact| contact.id).collect();
        if let Some(repeat) = &repeat {
            for part in Box::pin(repeat.parts()).await? {
                gone.extend(part.contact_ids.iter().filter_map(|id| ContactId::parse(id).ok()));
                deleted.extend(
                    part.contacts.into_iter().filter_map(|contact| {
                        positions.get(&contact.id).map(|position| (*position, contact))
                    }),
                );
            }
            if let Some(processing_date) = repeat.processing_date() {
                return Ok(Completed { processing_date: Some(processing_date) });
            }
        }
        let account = account.clone()?;
        let remaining: Vec<_> = ids.iter().filter(|id| !gone.contains(id)).copied().collect();
        let stored = match already_read.take() {
            Some(stored) => stored,
            None => store.contacts(context, &tenant.name, remaining.iter().copied()).await?,
        };
        if let Err(refusal) = check_membership(&deletion.contacts, &tenant.name, &gone, &stored, account) {
            let has_advanced = match &mut repeat {
                None => false,
                Some(repeat) => Box::pin(repeat.has_advanced(gone.len())).await?,
            };
            if has_advanced {
                continue;
            }
            return Err(refusal);
        }
        let answered: Vec<_> =
            deleted.values().chain(stored.values().map(|stored| &stored.contact)).collect();
        if !fits_answer(&answered) {
            return Err(DeleteError::AnswerTooLarge);
        }
        let contacts: Vec<_> = remaining.iter().filter_map(|id| stored.get(id)).collect();
        if context.mode() == Mode::ValidateOnly {
            deleted.extend(contacts.iter().map(|stored| at_its_position(stored, &positions)));
            return Ok(Completed { processing_date: None });
        }
        let run = DeletionRun { store, context, tenant: &tenant.name, positions: &positions };
        let outcome = match &mut repeat {
            None => run.delete_all(&transactions(&contacts, None), None, deleted).await?,
            // Boxed, because a deletion without a key needs none of its state.
            Some(repeat) => Box::pin(run.delete_with_record(&contacts, repeat, deleted)).await?,
        };
        match (outcome, &mut repeat) {
            (WriteOutcome::Applied, None) => return Ok(Completed { processing_date: None }),
            (WriteOutcome::Applied, Some(repeat)) => {
                let processing_date = Some(Box::pin(repeat.complete()).await?);
                return Ok(Completed { processing_date });
            }
            (WriteOutcome::ConditionFailed, _) => {
                backoff.wait(context, "a contact changed meanwhile").await;
                read_record(&mut repeat).await?;
            }
        }
    }
    Err(StoreError::unavailable("contacts keep changing while they are deleted").into())
}

async fn read_record(repeat: &mut Option<Repeat<'_>>) -> Result<(), DeleteError> {
    match repeat {
        Some(repeat) => Box::pin(repeat.read_record()).await,
        None => Ok(()),
    }
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

/// The parameters that all transactions of a deletion share.
struct DeletionRun<'r> {
    store: &'r Store,
    context: &'r OperationContext,
    tenant: &'r TenantName,
    positions: &'r HashMap<ContactId, usize>,
}

impl DeletionRun<'_> {
    /// Deletes contacts, with a part of the record in each transaction. The first transaction of a deletion that has no record
    /// yet is made alone, and writes it.
    async fn delete_with_record(
        &self,
        contacts: &[&StoredContact],
        repeat: &mut Repeat<'_>,
        deleted: &mut Deleted,
    ) -> Result<WriteOutcome, StoreError> {
        let chunks = transactions(contacts, Some(repeat.kept()));
        if repeat.has_record() {
            return self.delete_all(&chunks, Some(&repeat.part()), deleted).await;
        }
        let Some((first, others)) = chunks.split_first() else { return Ok(WriteOutcome::Applied) };
        let part = repeat.first_part(others.is_empty());
        match self.delete_all(&[*first], Some(&part), deleted).await? {
            WriteOutcome::Applied => repeat.has_written(&part),
            WriteOutcome::ConditionFailed => return Ok(WriteOutcome::ConditionFailed),
        }
        self.delete_all(others, Some(&repeat.part()), deleted).await
    }

    /// Deletes contacts in concurrent transactions. After the first transaction that fails, no other is started. Returns an
    /// error if a transaction had one; otherwise `ConditionFailed` if a contact had changed, and so not all are deleted.
    async fn delete_all(
        &self,
        chunks: &[&[&StoredContact]],
        part: Option<&DeletionPart<'_>>,
        deleted: &mut Deleted,
    ) -> Result<WriteOutcome, StoreError> {
        let stopped = &AtomicBool::new(false);
        let work = chunks.iter().map(|chunk| async move {
            if stopped.load(Relaxed) {
                return (*chunk, Ok(WriteOutcome::ConditionFailed));
            }
            let outcome = self.store.delete_contacts(self.context, self.tenant, chunk, part).await;
            if outcome != Ok(WriteOutcome::Applied) {
                stopped.store(true, Relaxed);
            }
            (*chunk, outcome)
        });
        let mut transactions =
            stream::iter(work.collect::<Vec<_>>()).buffer_unordered(MAX_CONCURRENT_TRANSACTIONS);
        let mut result = Ok(WriteOutcome::Applied);
        while let Some((chunk, outcome)) = transactions.next().await {
            match outcome {
                Ok(WriteOutcome::Applied) => {
                    deleted.extend(chunk.iter().map(|stored| at_its_position(stored, self.positions)));
                }
                // Keeps the error of another transaction.
                Ok(WriteOutcome::ConditionFailed) => result = result.and(Ok(WriteOutcome::ConditionFailed)),
                Err(error) => result = Err(error),
            }
        }
        result
    }
}

/// The contacts of each transaction.
pub(super) fn transactions<'c, 's>(
    contacts: &'c [&'s StoredContact],
    kept: Option<Kept>,
) -> Vec<&'c [&'s StoredContact]> {
    let Some(kept) = kept else { return contacts.chunks(Store::MAX_CONTACTS_PER_DELETE).collect() };
    let mut chunks = Vec::new();
    let mut rest = contacts;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fitting = rest.iter().take(Store::MAX_CONTACTS_BESIDE_A_RECORD).take_while(|stored| {
            bytes += stored_len(&stored.contact);
            kept == Kept::Ids || bytes <= MAX_PART_LEN
        });
        let (chunk, others) = rest.split_at(fitting.count().max(1));
        chunks.push(chunk);
        rest = others;
    }
    chunks
}

/// About the bytes of a contact in a part.
fn stored_len(contact: &Contact) -> usize {
    /// Names of attributes, and ids.
    const FIXED: usize = 250;
    FIXED
        + contact.name.as_str().len()
        + contact.mobile_number.as_str().len()
        + contact.contact_type.as_str().len()
        + contact.email.as_ref().map_or(0, |email| email.as_str().len())
        + contact.description.as_ref().map_or(0, |description| description.as_str().len())
}

fn at_its_position(stored: &StoredContact, positions: &HashMap<ContactId, usize>) -> (usize, Contact) {
    let position = positions.get(&stored.contact.id).expect("only listed contacts are read");
    (*position, stored.contact.clone())
}

/// Finds the account, and returns it with the stored contacts of these ids, which are read with it.
async fn find_account(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    reference: &AccountReference,
    contacts: HashSet<ContactId>,
) -> Result<(AccountId, HashMap<ContactId, StoredContact>), DeleteError> {
    let (lookup, stored) =
        store.look_up_accounts_and_contacts(context, tenant, [reference], contacts).await?;
    match lookup.find(reference) {
        AccountMatch::Complete(id) => Ok((id, stored)),
        AccountMatch::Incomplete(_) | AccountMatch::Conflict => Err(DeleteError::AccountsDisagree),
        AccountMatch::None | AccountMatch::UnknownId => Err(DeleteError::UnknownAccount),
    }
}
