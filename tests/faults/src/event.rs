//! What callers observe of one contact. The rules are those of the model (`contacts-model`); this adds who created a
//! contact, and events that no response reports.

use std::collections::BTreeSet;

use contacts_model::{
    contact::Contact,
    delete::Presence,
    response::{DeletedContact, ItemResult},
    upsert::{IdentifiedItem, Outcome, apply},
};

/// An operation: all attempts of a request with an idempotency key, or one attempt without a key.
pub(crate) type Operation = usize;

/// A contact, and the operations that created it: several, if these are messages of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    contact: Contact,
    creators: BTreeSet<Operation>,
}

/// Something that happened to a contact at one moment.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The items of an operation were applied.
    Upserted(Upserted),
    /// A response said what the items would do.
    UpsertValidated { items: Vec<IdentifiedItem>, results: Vec<ItemResult> },
    /// The contact was deleted from an account; a response may have shown it.
    Deleted { account_id: u64, shown: Option<DeletedContact> },
    /// A response said that the contact would be deleted from an account.
    DeleteValidated { account_id: u64, shown: DeletedContact },
    /// A delete from an account found the contact there.
    Seen { account_id: u64, presence: Presence },
    /// A delete from an account didn't find the contact on it.
    NotOnAccount { account_id: u64 },
    /// The contact was read.
    Read(Option<Contact>),
}

/// The items of an operation about one contact.
#[derive(Debug, Clone)]
pub(crate) struct Upserted {
    pub(crate) operation: Operation,
    /// The operations of the batch that have items about the contact, this one included.
    pub(crate) together: BTreeSet<Operation>,
    pub(crate) items: Vec<IdentifiedItem>,
    pub(crate) results: Results,
}

/// What a response says of an operation's items.
#[derive(Debug, Clone)]
pub(crate) enum Results {
    /// The result of each.
    Known(Vec<ItemResult>),
    /// All of them succeeded.
    AllSucceeded,
    /// Nothing.
    Unknown,
}

impl Event {
    /// Returns the states that the contact can have after the event: none if the event is impossible.
    pub(crate) fn apply(&self, before: Option<&State>) -> Vec<Option<State>> {
        let contact = before.map(|state| &state.contact);
        let unchanged = || before.cloned();
        let (is_possible, after) = match self {
            Self::Upserted(upserted) => return upserted.apply(before),
            Self::UpsertValidated { items, results } => {
                (Results::Known(results.clone()).report(&upsert(contact, items).1), unchanged())
            }
            Self::Deleted { account_id, shown: None } => {
                (presence(contact, *account_id) == Presence::OnAccount, None)
            }
            Self::Deleted { account_id, shown: Some(shown) } => (is_shown(contact, *account_id, shown), None),
            Self::DeleteValidated { account_id, shown } => {
                (is_shown(contact, *account_id, shown), unchanged())
            }
            Self::Seen { account_id, presence: seen } => {
                (presence(contact, *account_id) == *seen, unchanged())
            }
            Self::NotOnAccount { account_id } => {
                (presence(contact, *account_id) != Presence::OnAccount, unchanged())
            }
            Self::Read(read) => (contact == read.as_ref(), unchanged()),
        };
        if is_possible { vec![after] } else { Vec::new() }
    }
}

impl Upserted {
    /// An operation recognises a contact that it created itself: its items apply nothing, and are reported as at the
    /// creation (contract: "Idempotency keys"). If other messages of a batch created the contact with it, or are about
    /// the contact now, it may apply its items instead.
    fn apply(&self, before: Option<&State>) -> Vec<Option<State>> {
        let mut after = Vec::new();
        let creators = before.map(|state| &state.creators);
        let is_own = creators.is_some_and(|creators| creators.contains(&self.operation));
        let is_alone = self.together.len() == 1 && creators.is_some_and(|creators| creators.len() == 1);
        if is_own && (!is_alone || self.results.report(&upsert(None, &self.items).1)) {
            after.push(before.cloned());
        }
        if !(is_own && is_alone) {
            let (contact, outcomes) = upsert(before.map(|state| &state.contact), &self.items);
            if self.results.report(&outcomes) {
                let creators = creators.unwrap_or(&self.together).clone();
                after.push(contact.map(|contact| State { contact, creators }));
            }
        }
        after
    }
}

impl Results {
    fn report(&self, outcomes: &[Outcome]) -> bool {
        match self {
            Self::Known(results) => {
                results.len() == outcomes.len()
                    && results.iter().zip(outcomes).all(|(result, outcome)| result.reports(outcome))
            }
            Self::AllSucceeded => outcomes.iter().all(Result::is_ok),
            Self::Unknown => true,
        }
    }
}

fn is_shown(contact: Option<&Contact>, account_id: u64, shown: &DeletedContact) -> bool {
    contact.is_some() && contact == shown.contact(account_id).as_ref()
}

fn presence(contact: Option<&Contact>, account_id: u64) -> Presence {
    match contact {
        None => Presence::Missing,
        Some(contact) if contact.account_id == account_id => Presence::OnAccount,
        Some(_) => Presence::OnOtherAccount,
    }
}

/// Applies the items of one operation to a contact, as one write does.
fn upsert(before: Option<&Contact>, items: &[IdentifiedItem]) -> (Option<Contact>, Vec<Outcome>) {
    let mut contact = before.cloned();
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let (after, outcome) = apply(contact.as_ref(), item);
        contact = after;
        outcomes.push(outcome);
    }
    (contact, outcomes)
}
