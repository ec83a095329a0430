//! A chunk of contacts, from reading them to the outcome of every item. Chunks run concurrently; they share the heuristic,
//! and the first error cancels all of them.

use std::collections::HashMap;

use super::{
    apply::apply,
    identity::ContactGroup,
    insert_heuristic::InsertHeuristic,
    item::{Effect, Outcome},
};
use crate::{
    context::{OperationContext, OperationId},
    domain::TenantName,
    store::{Backoff, ContactWrite, Store, StoreError, StoredContact, WriteOutcome},
};

/// The most rounds of a chunk. A conditional write only fails because another write succeeded, so in each round at least
/// one caller makes progress. The deadline usually ends the rounds first; this also ends those of an operation without one.
const MAX_ROUNDS: usize = 200;

/// The outcome of an item, with its position in the list.
type PositionedOutcome = (usize, Outcome);

/// Reads the contacts of `groups`, applies the items and writes the changes, until every group is written. Returns the
/// outcome of every item.
///
/// If the heuristic assumes new contacts, the first round doesn't read: contacts are created on condition that they don't
/// exist. Groups whose contact exists, or whose items only fit an existing contact, are read in the next round.
///
/// # Errors
/// Fails if the store does. Groups that were written before stay written; the caller sends the list again.
pub(super) async fn write_chunk(
    store: &Store,
    context: &OperationContext,
    tenant: &TenantName,
    heuristic: &InsertHeuristic,
    groups: &[ContactGroup<'_>],
) -> Result<Vec<PositionedOutcome>, StoreError> {
    let mut outcomes_so_far = Vec::new();
    let mut open: Vec<&ContactGroup<'_>> = groups.iter().collect();
    let mut skips_read = heuristic.assumes_new();
    let mut backoff = Backoff::after_race();
    for _ in 0..MAX_ROUNDS {
        let mut stored = HashMap::new();
        if !skips_read {
            stored = store.contacts(context, tenant, open.iter().map(|group| group.contact_id)).await?;
            // Contacts that this operation created in an earlier round were new.
            let existing = stored.values().filter(|contact| contact.created_by != *context.id());
            heuristic.record_read(existing.count());
        }
        let mut writes = Vec::new();
        let mut written = Vec::new();
        let mut open_again = Vec::new();
        for group in open {
            let before = stored.remove(&group.contact_id);
            match decide(context.id(), before, group) {
                (None, _) if skips_read => open_again.push(group),
                (None, outcomes) => outcomes_so_far.extend(outcomes),
                (Some(write), outcomes) => {
                    writes.push(write);
                    written.push((group, outcomes));
                }
            }
        }
        let results = store.write_contacts(context, tenant, &writes).await?;
        for ((group, outcomes), result) in written.into_iter().zip(results) {
            match result {
                WriteOutcome::Applied => outcomes_so_far.extend(outcomes),
                WriteOutcome::ConditionFailed => open_again.push(group),
            }
        }
        if open_again.is_empty() {
            return Ok(outcomes_so_far);
        }
        open = open_again;
        // No back-off after a round without a read: that chunk has lost no race.
        if !std::mem::take(&mut skips_read) {
            backoff.wait(context, "another caller was faster").await;
        }
    }
    Err(StoreError::unavailable("a contact is written to by too many callers at once"))
}

/// The write that a group needs, if any, and the outcomes of its items once it has taken effect.
fn decide(
    operation: &OperationId,
    before: Option<StoredContact>,
    group: &ContactGroup<'_>,
) -> (Option<ContactWrite>, Vec<PositionedOutcome>) {
    if let Some(outcomes) = already_created(operation, before.as_ref(), group) {
        return (None, outcomes);
    }
    let (after, outcomes) = apply(before.as_ref().map(|stored| &stored.contact), &group.items);
    let write = match (before, after) {
        (None, Some(after)) => Some(ContactWrite::Create(after)),
        (Some(before), Some(after)) if before.contact != after => {
            Some(ContactWrite::Update { before, after })
        }
        _ => None,
    };
    (write, outcomes)
}

/// The outcomes of a group whose contact this operation has created although the response to the write was lost. The group
/// took effect as a whole. Later changes of the contact are other callers' and don't alter what this operation reports.
///
/// `None` if another operation created the contact, or the group's items can't create one. A lost response to an update
/// isn't recognised: the group is applied again, to the newer contact.
fn already_created(
    operation: &OperationId,
    stored: Option<&StoredContact>,
    group: &ContactGroup<'_>,
) -> Option<Vec<PositionedOutcome>> {
    stored.filter(|stored| stored.created_by == *operation)?;
    let (_, outcomes) = apply(None, &group.items);
    let creates = outcomes
        .iter()
        .any(|(_, outcome)| outcome.as_ref().is_ok_and(|applied| applied.effect == Effect::Created));
    creates.then_some(outcomes)
}
