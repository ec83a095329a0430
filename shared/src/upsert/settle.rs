//! A chunk of groups, from reading their contacts to knowing what became of every item. Chunks don't
//! wait for one another.

use std::collections::HashMap;

use super::{
    apply::apply,
    identity::Group,
    item::{Outcome, State},
    seen::Seen,
};
use crate::{
    domain::TenantName,
    store::{Backoff, ContactWrite, OperationId, Store, StoreError, StoredContact, WriteOutcome},
};

/// How often a chunk may start over. Whoever loses a race did so to a write that took effect, so of any
/// number of callers one gets through each time; this is for as many as could ever meet on one contact.
const MAX_ROUNDS: usize = 200;

/// Reads, applies and writes until every group is settled, and returns every item's outcome.
///
/// Where all that was `seen` is new, a chunk isn't read at first: what its items create is written on
/// condition that it isn't there, and only what is there after all, or what creates nothing, is read then.
pub(super) async fn settle(
    store: &Store,
    tenant: &TenantName,
    operation: &OperationId,
    seen: &Seen,
    groups: &[Group<'_>],
) -> Result<Vec<(usize, Outcome)>, StoreError> {
    let mut settled = Vec::new();
    let mut open: Vec<&Group<'_>> = groups.iter().collect();
    let mut is_unread = seen.only_new();
    let mut backoff = Backoff::after_a_race();
    for _ in 0..MAX_ROUNDS {
        let mut stored = HashMap::new();
        if !is_unread {
            let ids = open.iter().filter_map(|group| group.first()).map(|item| item.contact_id);
            stored = store.contacts(tenant, ids).await?;
            // What this very operation has created was new to it.
            seen.note(stored.values().filter(|contact| contact.created_by != *operation).count());
        }
        let mut writes = Vec::new();
        let mut waiting = Vec::new();
        let mut unsettled = Vec::new();
        for group in open {
            let before = group.first().and_then(|item| stored.remove(&item.contact_id));
            match decide(operation, before, group) {
                (None, _) if is_unread => unsettled.push(group),
                (None, outcomes) => settled.extend(outcomes),
                (Some(write), outcomes) => {
                    writes.push(write);
                    waiting.push((group, outcomes));
                }
            }
        }
        let written = store.write_contacts(tenant, operation, &writes).await?;
        for ((group, outcomes), written) in waiting.into_iter().zip(written) {
            match written {
                WriteOutcome::Written => settled.extend(outcomes),
                WriteOutcome::Refused => unsettled.push(group),
            }
        }
        if unsettled.is_empty() {
            return Ok(settled);
        }
        open = unsettled;
        // Whoever hasn't read yet was no slower than another.
        if !std::mem::take(&mut is_unread) {
            store.back_off(&mut backoff, "another caller was faster").await;
        }
    }
    Err(StoreError::Unavailable("a contact is written to by too many callers at once".to_owned()))
}

/// What is to be written, if anything, and what the items' outcomes are once it is.
fn decide(
    operation: &OperationId,
    before: Option<StoredContact>,
    group: &Group<'_>,
) -> (Option<ContactWrite>, Vec<(usize, Outcome)>) {
    if let Some(outcomes) = already_created(operation, before.as_ref(), group) {
        return (None, outcomes);
    }
    let (after, outcomes) = apply(before.as_ref().map(|stored| &stored.contact), group);
    let write = match (before, after) {
        (None, Some(after)) => Some(ContactWrite::Create(after)),
        (Some(before), Some(after)) if before.contact != after => {
            Some(ContactWrite::Change { before, after })
        }
        _ => None,
    };
    (write, outcomes)
}

/// The outcomes of a group whose contact this very operation has created, though the answer to the write
/// never arrived: the group took effect as a whole, and whatever came since came after it.
fn already_created(
    operation: &OperationId,
    stored: Option<&StoredContact>,
    group: &Group<'_>,
) -> Option<Vec<(usize, Outcome)>> {
    stored.filter(|stored| stored.created_by == *operation)?;
    let (_, outcomes) = apply(None, group);
    let creates =
        outcomes.iter().any(|(_, outcome)| outcome.as_ref().is_ok_and(|done| done.state == State::Created));
    creates.then_some(outcomes)
}
