//! Which contact an item means (contract: "Which contact an item means"), which follows from the item
//! and its account alone; nothing is read for it.

use std::collections::HashMap;

use super::{
    accounts::Accounts,
    item::{Fields, Item, ItemError},
};
use crate::domain::{AccountId, ContactId, LinkId, TenantName};

/// An item that is known to mean a certain contact.
#[derive(Debug)]
pub(super) struct IdentifiedItem<'i> {
    /// Its place in the list.
    pub(super) position: usize,
    /// The contact it means.
    pub(super) contact_id: ContactId,
    /// Whether it names the contact by `contact_id`, so that the contact must be there already.
    pub(super) must_exist: bool,
    /// The contact's `link_id`, unless the item names the contact by `contact_id` alone.
    pub(super) link_id: Option<LinkId>,
    /// Whose contact it is to be, if that is said.
    pub(super) account: Option<AccountId>,
    /// What it says about the contact.
    pub(super) fields: &'i Fields,
}

/// The items of a list that mean one contact, in list order.
pub(super) type Group<'i> = Vec<IdentifiedItem<'i>>;

/// Finds out which contact an item means.
pub(super) fn identify<'i>(
    tenant: &TenantName,
    position: usize,
    item: &'i Item,
    accounts: &Accounts<'_>,
) -> Result<IdentifiedItem<'i>, ItemError> {
    let account = item.account.as_ref().map(|reference| accounts.id(reference)).transpose()?;
    let link_id = match (item.contact_id, item.link_id) {
        (Some(_), None) => None,
        (_, Some(link_id)) => Some(link_id),
        (None, None) => Some(derive_link_id(tenant, account, &item.fields)?),
    };
    let derived = link_id.map(|link_id| ContactId::derive(tenant, link_id));
    let contact_id = match (item.contact_id, derived) {
        (Some(given), Some(derived)) if given != derived => return Err(ItemError::IdsDisagree),
        (Some(id), _) | (None, Some(id)) => id,
        // A link_id is given or derived wherever a contact_id isn't.
        (None, None) => return Err(ItemError::ContactNotFound),
    };
    Ok(IdentifiedItem {
        position,
        contact_id,
        must_exist: item.contact_id.is_some(),
        link_id,
        account,
        fields: &item.fields,
    })
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

/// Puts together the items that mean the same contact, each group in list order.
pub(super) fn group(items: Vec<IdentifiedItem<'_>>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::with_capacity(items.len());
    let mut places = HashMap::with_capacity(items.len());
    for item in items {
        let place = *places.entry(item.contact_id).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}
