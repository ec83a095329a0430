//! What callers observe of one contact. The rules are those of the model (`contacts-model`); this adds events
//! whose outcome no response reports.

use contacts_model::{
    contact::Contact,
    delete::Presence,
    response::{DeletedContact, ItemResult},
    upsert::{IdentifiedItem, apply},
};

/// A contact, and whether the invocation that created it knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) contact: Contact,
    /// The invocation that created the contact, if its function never received the store's answer.
    unaware_creator: Option<usize>,
}

/// Something that happened to a contact at one moment.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The items of an invocation were applied, with these results.
    Upserted { invocation: usize, items: Vec<IdentifiedItem>, results: Vec<ItemResult> },
    /// The items of an invocation were applied, with unknown results.
    UpsertedUnknown { invocation: usize, items: Vec<IdentifiedItem> },
    /// The contact was deleted from an account, and the response showed it.
    Deleted { account_id: u64, shown: DeletedContact },
    /// The contact was deleted from an account, and no response showed it.
    DeletedUnknown { account_id: u64 },
    /// A delete from an account found the contact there.
    Seen { account_id: u64, presence: Presence },
    /// A delete from an account didn't find the contact on it.
    NotOnAccount { account_id: u64 },
    /// The contact was read.
    Read(Option<Contact>),
}

/// An event that the contact's state rules out.
#[derive(Debug)]
pub(crate) struct Impossible;

impl Event {
    /// Returns the contact's state after the event.
    pub(crate) fn apply(&self, before: Option<&State>) -> Result<Option<State>, Impossible> {
        let contact = before.map(|state| &state.contact);
        match self {
            Self::Upserted { invocation, items, results } => {
                let (after, outcomes) = upsert(contact, items);
                let is_reported = results.len() == outcomes.len()
                    && results.iter().zip(&outcomes).all(|(result, outcome)| result.reports(outcome));
                let creator = before.and_then(|state| state.unaware_creator);
                possible(
                    is_reported && !is_created_by(before, *invocation),
                    after.map(|contact| State { contact, unaware_creator: creator }),
                )
            }
            Self::UpsertedUnknown { invocation, items } => {
                let (after, _) = upsert(contact, items);
                let creator = before.map_or(Some(*invocation), |state| state.unaware_creator);
                possible(
                    !is_created_by(before, *invocation),
                    after.map(|contact| State { contact, unaware_creator: creator }),
                )
            }
            Self::Deleted { account_id, shown } => {
                possible(contact.is_some() && contact == shown.contact(*account_id).as_ref(), None)
            }
            Self::DeletedUnknown { account_id } => {
                possible(presence(contact, *account_id) == Presence::OnAccount, None)
            }
            Self::Seen { account_id, presence: seen } => {
                possible(presence(contact, *account_id) == *seen, before.cloned())
            }
            Self::NotOnAccount { account_id } => {
                possible(presence(contact, *account_id) != Presence::OnAccount, before.cloned())
            }
            Self::Read(read) => possible(contact == read.as_ref(), before.cloned()),
        }
    }
}

fn possible(is_possible: bool, after: Option<State>) -> Result<Option<State>, Impossible> {
    if is_possible { Ok(after) } else { Err(Impossible) }
}

/// Whether this invocation created the contact unawares. An operation recognises a contact that it created
/// itself, so it neither updates it nor reports it as another caller's.
fn is_created_by(before: Option<&State>, invocation: usize) -> bool {
    before.is_some_and(|state| state.unaware_creator == Some(invocation))
}

fn presence(contact: Option<&Contact>, account_id: u64) -> Presence {
    match contact {
        None => Presence::Missing,
        Some(contact) if contact.account_id == account_id => Presence::OnAccount,
        Some(_) => Presence::OnOtherAccount,
    }
}

/// Applies the items of one invocation to a contact, as one write does.
fn upsert(
    before: Option<&Contact>,
    items: &[IdentifiedItem],
) -> (Option<Contact>, Vec<contacts_model::upsert::Outcome>) {
    let mut contact = before.cloned();
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let (after, outcome) = apply(contact.as_ref(), item);
        contact = after;
        outcomes.push(outcome);
    }
    (contact, outcomes)
}
