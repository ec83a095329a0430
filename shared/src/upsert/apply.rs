//! What a group of items makes of their contact: pure, in memory, one item after the other.

use super::{
    identity::IdentifiedItem,
    item::{Change, Done, ItemError, Outcome, State},
};
use crate::domain::Contact;

/// Applies items to a contact in list order, as if each were an upsert of its own. Returns the contact as
/// it is to be, and each item's outcome.
pub(super) fn apply(
    current: Option<&Contact>,
    group: &[IdentifiedItem<'_>],
) -> (Option<Contact>, Vec<(usize, Outcome)>) {
    let mut contact = current.cloned();
    let mut outcomes = Vec::with_capacity(group.len());
    for item in group {
        let outcome = apply_one(contact.as_ref(), item).map(|after| {
            let state = match &contact {
                None => State::Created,
                Some(before) if *before == after => State::Unchanged,
                Some(_) => State::Updated,
            };
            let done =
                Done { state, link_id: after.link_id, contact_id: after.id, account_id: after.account };
            contact = Some(after);
            done
        });
        outcomes.push((item.position, outcome));
    }
    (contact, outcomes)
}

fn apply_one(contact: Option<&Contact>, item: &IdentifiedItem<'_>) -> Result<Contact, ItemError> {
    match contact {
        None if item.must_exist => Err(ItemError::ContactNotFound),
        None => create(item),
        Some(contact) if item.link_id.is_some_and(|link_id| link_id != contact.link_id) => {
            Err(if item.must_exist { ItemError::IdsDisagree } else { ItemError::LinkIdCollides })
        }
        Some(contact) => Ok(update(contact.clone(), item)),
    }
}

fn create(item: &IdentifiedItem<'_>) -> Result<Contact, ItemError> {
    let fields = item.fields;
    Ok(Contact {
        id: item.contact_id,
        link_id: item.link_id.ok_or(ItemError::ContactNotFound)?,
        account: item.account.ok_or(ItemError::AccountMissing)?,
        name: fields.name.clone().ok_or(ItemError::FieldMissing("contact_name"))?,
        mobile_number: fields.mobile_number.clone().ok_or(ItemError::FieldMissing("contact_mobile_num"))?,
        kind: fields.kind.clone().unwrap_or_default(),
        email: change(None, &fields.email),
        description: change(None, &fields.description),
    })
}

fn update(contact: Contact, item: &IdentifiedItem<'_>) -> Contact {
    let fields = item.fields;
    Contact {
        account: item.account.unwrap_or(contact.account),
        name: fields.name.clone().unwrap_or(contact.name),
        mobile_number: fields.mobile_number.clone().unwrap_or(contact.mobile_number),
        kind: fields.kind.clone().unwrap_or(contact.kind),
        email: change(contact.email, &fields.email),
        description: change(contact.description, &fields.description),
        ..contact
    }
}

fn change<T: Clone>(current: Option<T>, change: &Change<T>) -> Option<T> {
    match change {
        Change::Keep => current,
        Change::Clear => None,
        Change::Set(value) => Some(value.clone()),
    }
}
