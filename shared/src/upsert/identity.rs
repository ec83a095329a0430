//! The contact of each item (docs/api.md, "Which contact an item means"). It is derived from the item and its account; nothing
//! is read.

use std::collections::{HashMap, HashSet};

use super::{
    item::{Fields, Item, ItemError},
    resolved_accounts::ResolvedAccounts,
};
use crate::domain::{AccountId, ContactId, ContactReference, LinkId, TenantName};

/// An item whose contact is known.
#[derive(Debug)]
pub(super) struct IdentifiedItem<'i> {
    /// The item's position in the list.
    pub(super) position: usize,
    /// The contact's id.
    pub(super) contact_id: ContactId,
    /// How the item refers to the contact, with a derived `link_id` if it gives no id.
    pub(super) reference: ContactReference,
    /// The account that the contact will belong to, if the item or the list gives one.
    pub(super) account: Option<AccountId>,
    /// The item's fields.
    pub(super) fields: &'i Fields,
}

impl IdentifiedItem<'_> {
    /// Whether the contact must exist: an item that gives a `contact_id` never creates one.
    pub(super) fn must_exist(&self) -> bool {
        !matches!(self.reference, ContactReference::LinkId(_))
    }
}

/// The items for one contact, in list order.
pub(super) struct ContactGroup<'i> {
    /// The contact's id.
    pub(super) contact_id: ContactId,
    /// The items.
    pub(super) items: Vec<IdentifiedItem<'i>>,
}

/// Finds the contact of an item.
pub(super) fn identify<'i>(
    tenant: &TenantName,
    position: usize,
    item: &'i Item,
    accounts: &ResolvedAccounts<'_>,
) -> Result<IdentifiedItem<'i>, ItemError> {
    let account = item.account.as_ref().map(|reference| accounts.id(reference)).transpose()?;
    let reference = match item.contact {
        Some(reference) => reference,
        None => ContactReference::LinkId(derive_link_id(tenant, account, &item.fields)?),
    };
    if let ContactReference::Both(contact_id, link_id) = reference
        && ContactId::derive(tenant, link_id) != contact_id
    {
        return Err(ItemError::IdsDisagree);
    }
    let contact_id = reference.contact_id(tenant);
    Ok(IdentifiedItem { position, contact_id, reference, account, fields: &item.fields })
}

/// The ids of the list's contacts, which are known before its accounts are; `None` if an item gives neither id of its contact.
pub(super) fn given_contact_ids(tenant: &TenantName, items: &[Item]) -> Option<HashSet<ContactId>> {
    items.iter().map(|item| Some(item.contact?.contact_id(tenant))).collect()
}

fn derive_link_id(
    tenant: &TenantName,
    account: Option<AccountId>,
    fields: &Fields,
) -> Result<LinkId, ItemError> {
    let name = fields.name.as_ref().ok_or(ItemError::FieldMissing("contact_name"))?;
    let number = fields.mobile_number.as_ref().ok_or(ItemError::FieldMissing("contact_mobile_num"))?;
    let account = account.ok_or(ItemError::AccountMissing)?;
    Ok(LinkId::derive(tenant, account, name, number))
}

/// Groups items by contact. Groups are in the order of their first items.
pub(super) fn group_by_contact(items: Vec<IdentifiedItem<'_>>) -> Vec<ContactGroup<'_>> {
    let mut groups: Vec<ContactGroup<'_>> = Vec::with_capacity(items.len());
    let mut indices = HashMap::with_capacity(items.len());
    for item in items {
        let index = *indices.entry(item.contact_id).or_insert(groups.len());
        if index == groups.len() {
            groups.push(ContactGroup { contact_id: item.contact_id, items: vec![item] });
        } else {
            groups[index].items.push(item);
        }
    }
    groups
}
