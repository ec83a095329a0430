//! Applies items to a contact, in memory, one after the other.

use std::borrow::Cow;

use super::{
    identity::IdentifiedItem,
    item::{AppliedItem, Change, Effect, ItemError, Outcome},
};
use crate::domain::Contact;

/// Applies items to a contact in list order, as if each were a list of its own. Returns the contact after them, which is
/// owned if it was created or changed, and the outcome of each item with its position.
pub(super) fn apply<'c>(
    current: Option<&'c Contact>,
    items: &[IdentifiedItem<'_>],
) -> (Option<Cow<'c, Contact>>, Vec<(usize, Outcome)>) {
    let mut contact = current.map(Cow::Borrowed);
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let outcome = apply_one(contact.as_deref(), item).map(|after| {
            let effect = match contact.as_deref() {
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
            if effect != Effect::Unchanged {
                contact = Some(Cow::Owned(after));
            }
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
        Some(contact) => Ok(update(contact, item)),
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

fn update(contact: &Contact, item: &IdentifiedItem<'_>) -> Contact {
    let fields = item.fields;
    Contact {
        id: contact.id,
        link_id: contact.link_id,
        account: item.account.unwrap_or(contact.account),
        name: fields.name.as_ref().unwrap_or(&contact.name).clone(),
        mobile_number: fields.mobile_number.as_ref().unwrap_or(&contact.mobile_number).clone(),
        contact_type: fields.contact_type.as_ref().unwrap_or(&contact.contact_type).clone(),
        email: change(contact.email.as_ref(), &fields.email),
        description: change(contact.description.as_ref(), &fields.description),
    }
}

fn change<T: Clone>(current: Option<&T>, change: &Change<T>) -> Option<T> {
    match change {
        Change::Keep => current.cloned(),
        Change::Clear => None,
        Change::Set(value) => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AccountId, ContactId, ContactName, ContactReference, ContactType, Description, Email, LinkId,
            MobileNumber,
        },
        test_support::{link_id, tenant},
        upsert::Fields,
    };

    fn contact(text: &str, link_id: LinkId) -> Contact {
        Contact {
            id: ContactId::derive(&tenant().name, link_id),
            link_id,
            account: AccountId::parse("3").unwrap(),
            name: ContactName::parse(text).unwrap(),
            mobile_number: MobileNumber::parse(text).unwrap(),
            contact_type: ContactType::stored(text.to_owned()),
            email: Email::parse(&format!("{text}@b")).ok(),
            description: Description::parse(text).ok(),
        }
    }

    fn apply_fields(current: &Contact, reference: ContactReference, fields: &Fields) -> (Contact, Outcome) {
        let contact_id = reference.contact_id(&tenant().name);
        let item = IdentifiedItem { position: 0, contact_id, reference, account: None, fields };
        let (after, mut outcomes) = apply(Some(current), &[item]);
        (after.unwrap().into_owned(), outcomes.remove(0).1)
    }

    #[test]
    fn update_changes_each_field_that_is_given() {
        let (before, after) = (contact("old", link_id(1)), contact("new", link_id(1)));
        let given = after.clone();
        let fields = Fields {
            name: Some(given.name),
            mobile_number: Some(given.mobile_number),
            contact_type: Some(given.contact_type),
            email: Change::Set(given.email.unwrap()),
            description: Change::Set(given.description.unwrap()),
        };
        let reference = ContactReference::LinkId(link_id(1));
        assert_eq!(apply_fields(&before, reference, &fields).0, after);
        assert_eq!(apply_fields(&before, reference, &Fields::default()).0, before);
    }

    #[test]
    fn contact_with_the_id_but_another_link_id_is_not_changed() {
        let other = Contact { link_id: link_id(2), ..contact("x", link_id(1)) };
        let fields = Fields { name: ContactName::parse("y").ok(), ..Fields::default() };
        for (reference, error) in [
            (ContactReference::LinkId(link_id(1)), ItemError::LinkIdCollides),
            (ContactReference::Both(other.id, link_id(1)), ItemError::IdsDisagree),
        ] {
            assert_eq!(apply_fields(&other, reference, &fields), (other.clone(), Err(error)));
        }
    }
}
