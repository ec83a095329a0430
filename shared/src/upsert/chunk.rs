//! A chunk of contacts, from reading them to the outcome of every item. Chunks run concurrently; they share the heuristic,
//! and the first error cancels all of them.

use std::{borrow::Cow, collections::HashMap};

use super::{
    apply::apply,
    error::UpsertError,
    identity::ContactGroup,
    insert_heuristic::InsertHeuristic,
    item::{Effect, Outcome},
    start::Start,
};
use crate::{
    context::{Mode, OperationContext, OperationId},
    domain::{ContactId, Revision, TenantName},
    store::{Backoff, ContactWrite, Store, StoreError, StoredContact, WriteOutcome},
};

/// The most rounds of a chunk. A conditional write only fails because another write succeeded, so in each round at least
/// one caller makes progress. The deadline usually ends the rounds first; this also ends those of an operation without one.
const MAX_ROUNDS: usize = 200;

/// The outcome of an item, with its position in the list.
type PositionedOutcome = (usize, Outcome);

/// A group that is not done yet.
struct OpenGroup<'g, 'i> {
    group: &'g ContactGroup<'i>,
    /// The last write for the group. Its condition failed, but it may have taken effect: the response to an earlier try can
    /// have been lost.
    last_write: Option<Attempt>,
}

/// A write, and the outcomes of the group's items if it took effect.
struct Attempt {
    revision: Revision,
    outcomes: Vec<PositionedOutcome>,
}

/// Reads the contacts of `groups`, applies the items and writes the changes, until every group is written. Returns the
/// outcome of every item.
///
/// `already_read` has the stored contacts of the groups, if they have been read.
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
    start: &Start<'_>,
    heuristic: &InsertHeuristic,
    groups: &[ContactGroup<'_>],
    mut already_read: Option<HashMap<ContactId, StoredContact>>,
) -> Result<Vec<PositionedOutcome>, UpsertError> {
    let mut outcomes_so_far = Vec::new();
    let mut open: Vec<_> = groups.iter().map(|group| OpenGroup { group, last_write: None }).collect();
    let mut skips_read = already_read.is_none() && heuristic.assumes_new() && context.mode() == Mode::Apply;
    let mut backoff = Backoff::after_race();
    for _ in 0..MAX_ROUNDS {
        let mut stored = match already_read.take() {
            Some(stored) => stored,
            None if skips_read => HashMap::new(),
            None => store.contacts(context, tenant, open.iter().map(|open| open.group.contact_id)).await?,
        };
        let started = start.ensure().await?;
        let mut existing = 0;
        let mut writes = Vec::new();
        let mut written = Vec::new();
        let mut open_again = Vec::new();
        for OpenGroup { group, last_write } in open {
            let before = stored.remove(&group.contact_id);
            let creation = started.creation_id(&group.items);
            // A contact was new if an earlier round of this operation created it and the response was lost.
            let is_new = |stored: &StoredContact| last_write.is_some() && stored.created_by == creation;
            existing += usize::from(before.as_ref().is_some_and(|stored| !is_new(stored)));
            match decide(creation, before, group, last_write) {
                (None, _) if skips_read => open_again.push(OpenGroup { group, last_write: None }),
                (None, outcomes) => outcomes_so_far.extend(outcomes),
                (Some(_), outcomes) if context.mode() == Mode::ValidateOnly => {
                    outcomes_so_far.extend(outcomes);
                }
                (Some(write), outcomes) => {
                    written.push((group, Attempt { revision: write.revision.clone(), outcomes }));
                    writes.push(write);
                }
            }
        }
        if !skips_read {
            heuristic.record_read(existing);
        }
        let results = store.write_contacts(context, tenant, &writes).await?;
        for ((group, attempt), result) in written.into_iter().zip(results) {
            match result {
                WriteOutcome::Applied => outcomes_so_far.extend(attempt.outcomes),
                WriteOutcome::ConditionFailed => {
                    open_again.push(OpenGroup { group, last_write: Some(attempt) });
                }
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
    Err(StoreError::unavailable("a contact is written to by too many callers at once").into())
}

/// The write that a group needs, if any, and the outcomes of its items once it has taken effect.
fn decide(
    creation: OperationId,
    before: Option<StoredContact>,
    group: &ContactGroup<'_>,
    last_write: Option<Attempt>,
) -> (Option<ContactWrite>, Vec<PositionedOutcome>) {
    if let (Some(stored), Some(attempt)) = (&before, last_write)
        && stored.revision == attempt.revision
    {
        return (None, attempt.outcomes);
    }
    if let Some(outcomes) = already_created(&creation, before.as_ref(), group) {
        return (None, outcomes);
    }
    let (after, outcomes) = apply(before.as_ref().map(|stored| &stored.contact), &group.items);
    let changed = match after {
        // Items can also change a contact and change it back.
        Some(Cow::Owned(after)) if before.as_ref().is_none_or(|before| before.contact != after) => {
            Some(after)
        }
        _ => None,
    };
    (changed.map(|after| ContactWrite::new(before, after, creation)), outcomes)
}

/// The outcomes of a group whose contact this operation has created: the response to the write was lost, or the request was
/// carried out before under the same idempotency key. The group took effect as a whole. Later changes of the contact are other callers' and don't alter what this operation reports.
///
/// `None` if another operation created the contact, or the group's items can't create one.
fn already_created(
    creation: &OperationId,
    stored: Option<&StoredContact>,
    group: &ContactGroup<'_>,
) -> Option<Vec<PositionedOutcome>> {
    stored.filter(|stored| stored.created_by == *creation)?;
    let (_, outcomes) = apply(None, &group.items);
    let creates = outcomes
        .iter()
        .any(|(_, outcome)| outcome.as_ref().is_ok_and(|applied| applied.effect == Effect::Created));
    creates.then_some(outcomes)
}
