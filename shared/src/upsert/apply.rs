//! Applies items to a contact, in memory, one after the other.

use super::{
    identity::IdentifiedItem,
    item::{AppliedItem, Change, Effect, ItemError, Outcome},
};
use crate::domain::Contact;

/// Applies items to a contact in list order, as if each were a list of its own. Returns the contact to store, and the
/// outcome of each item with its position.
pub(super) fn apply(
    current: Option<&Contact>,
    items: &[IdentifiedItem<'_>],
) -> (Option<Contact>, Vec<(usize, Outcome)>) {
    let mut contact = current.cloned();
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let outcome = apply_one(contact.as_ref(), item).map(|after| {
            let effect = match &contact {
                None => Effect::Created,
                Some(before) if *before == after => Effect::Unchanged,
                Some(_) => Effect::Updated,
            };
            let applied = AppliedItem {
                effect,
                link_id: after.link_id,
                contact_id: after.id,
                account_id: after.account,
            };
            contact = Some(after);
            applied
        });
        outcomes.push((item.position, outcome));
    }
    (contact, outcomes)
}

fn apply_one(contact: Option<&Contact>, item: &IdentifiedItem<'_>) -> Result<Contact, ItemError> {
    match contact {
        None if item.must_exist() => Err(ItemError::ContactNotFound),
        None => create(item),
        Some(contact) if !item.reference.matches(contact) => {
            Err(if item.must_exist() { ItemError::IdsDisagree } else { ItemError::LinkIdCollides })
        }
        Some(contact) => Ok(update(contact.clone(), item)),
    }
}

fn create(item: &IdentifiedItem<'_>) -> Result<Contact, ItemError> {
    let fields = item.fields;
    Ok(Contact {
        id: item.contact_id,
        link_id: item.reference.link_id().ok_or(ItemError::ContactNotFound)?,
        account: item.account.ok_or(ItemError::AccountMissing)?,
        name: fields.name.clone().ok_or(ItemError::FieldMissing("contact_name"))?,
        mobile_number: fields.mobile_number.clone().ok_or(ItemError::FieldMissing("contact_mobile_num"))?,
        contact_type: fields.contact_type.clone().unwrap_or_default(),
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
        contact_type: fields.contact_type.clone().unwrap_or(contact.contact_type),
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
