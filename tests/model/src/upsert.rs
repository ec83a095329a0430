//! Which contact an item means, and what an upsert does to it.
//!
//! The rules apply to one item and one contact at a time. [`Contacts`] is a whole tenant for callers that
//! upsert lists one after the other; the fault-injection harness orders the steps itself and applies them to
//! one contact with [`apply`].

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    contact::{Contact, DEFAULT_TYPE, Fields},
    ids,
};

/// One item of a list, its params read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `contact_id`.
    pub contact_id: Option<u64>,
    /// `link_id`.
    pub link_id: Option<Uuid>,
    /// The account that the item names, or else the list.
    pub account: AccountLookup,
    /// The contact's fields.
    pub fields: Fields,
}

/// What looking up the account params gave (contract: "Upsert").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountLookup {
    /// There are no account params.
    NotNamed,
    /// They name this account, which exists or was created.
    Found(u64),
    /// The `account_id` is unknown.
    NotFound,
    /// Several params name different accounts.
    Conflict,
}

/// What an item did (contract: `link_id`, `contact_id` and `account_id` of a result).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upserted {
    /// Whether the contact was created, changed or left alone.
    pub effect: Effect,
    /// The contact's id.
    pub contact_id: u64,
    /// The contact's `link_id`.
    pub link_id: Uuid,
    /// The account that the contact is on afterwards.
    pub account_id: u64,
}

/// The effect of an item. The response calls both of the last two `updated` (contract: "Upsert", "an item
/// that changes nothing is `updated`, and writes nothing").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `created`.
    Created,
    /// `updated`, with another value than before.
    Changed,
    /// `updated`, without a write.
    Unchanged,
}

/// Why an item failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `entity_not_found`.
    NotFound,
    /// `invalid_entity_data`.
    InvalidData,
}

/// The outcome of an item.
pub type Outcome = Result<Upserted, Refusal>;

/// An item whose contact and account are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedItem {
    /// The contact that it means.
    pub contact_id: u64,
    creation: Creation,
    account_id: Option<u64>,
    fields: Fields,
}

/// Whether an item may create its contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Creation {
    /// It may, under this `link_id`.
    Allowed(Uuid),
    /// The contact must exist.
    Forbidden,
}

/// Finds out which contact an item means (contract: "Which contact an item means", rules 1 to 4).
pub fn identify(tenant: &str, item: &Item) -> Result<IdentifiedItem, Refusal> {
    let account_id = match item.account {
        AccountLookup::NotNamed => None,
        AccountLookup::Found(id) => Some(id),
        AccountLookup::NotFound => return Err(Refusal::NotFound),
        AccountLookup::Conflict => return Err(Refusal::InvalidData),
    };
    let (contact_id, creation) = match (item.contact_id, item.link_id) {
        // Rule 1.
        (Some(contact_id), None) => (contact_id, Creation::Forbidden),
        // Rule 2.
        (None, Some(link_id)) => (ids::contact_id(tenant, link_id), Creation::Allowed(link_id)),
        // Rule 3, and by rule 1 the contact must exist.
        (Some(contact_id), Some(link_id)) => {
            if contact_id != ids::contact_id(tenant, link_id) {
                return Err(Refusal::InvalidData);
            }
            (contact_id, Creation::Forbidden)
        }
        // Rule 4.
        (None, None) => {
            let (Some(account_id), Some(name), Some(mobile_number)) =
                (account_id, &item.fields.name, &item.fields.mobile_number)
            else {
                return Err(Refusal::InvalidData);
            };
            let link_id = ids::link_id(tenant, account_id, name, mobile_number);
            (ids::contact_id(tenant, link_id), Creation::Allowed(link_id))
        }
    };
    Ok(IdentifiedItem { contact_id, creation, account_id, fields: item.fields.clone() })
}

/// Applies an item to its contact. Returns the contact afterwards and the item's outcome.
pub fn apply(before: Option<&Contact>, item: &IdentifiedItem) -> (Option<Contact>, Outcome) {
    let after = match (before, item.creation) {
        (Some(contact), _) => Ok(update(contact.clone(), item)),
        (None, Creation::Forbidden) => Err(Refusal::NotFound),
        (None, Creation::Allowed(link_id)) => create(link_id, item).ok_or(Refusal::InvalidData),
    };
    match after {
        Err(refusal) => (before.cloned(), Err(refusal)),
        Ok(contact) => {
            let effect = match before {
                None => Effect::Created,
                Some(before) if *before == contact => Effect::Unchanged,
                Some(_) => Effect::Changed,
            };
            let upserted = Upserted {
                effect,
                contact_id: item.contact_id,
                link_id: contact.link_id,
                account_id: contact.account_id,
            };
            (Some(contact), Ok(upserted))
        }
    }
}

/// A new contact must have a name, a number (contract: "Contact fields") and an account (contract: "Upsert").
fn create(link_id: Uuid, item: &IdentifiedItem) -> Option<Contact> {
    let new = Contact {
        link_id,
        account_id: item.account_id?,
        name: item.fields.name.clone()?,
        mobile_number: item.fields.mobile_number.clone()?,
        contact_type: DEFAULT_TYPE.to_owned(),
        email: None,
        description: None,
    };
    Some(item.fields.update(new))
}

/// An account that an update names is the one that the contact moves to (contract: "Upsert").
fn update(contact: Contact, item: &IdentifiedItem) -> Contact {
    let account_id = item.account_id.unwrap_or(contact.account_id);
    item.fields.update(Contact { account_id, ..contact })
}

/// The contacts of one tenant, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts(pub BTreeMap<u64, Contact>);

impl Contacts {
    /// Upserts one item. A list is upserted item by item: two items that mean the same contact apply in
    /// list order (contract: "Which contact an item means"), and an item that fails doesn't keep others
    /// from going through (contract: "Upsert").
    pub fn upsert(&mut self, tenant: &str, item: &Item) -> Outcome {
        let item = identify(tenant, item)?;
        let (after, outcome) = apply(self.0.get(&item.contact_id), &item);
        if let Some(contact) = after {
            self.0.insert(item.contact_id, contact);
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "zegoal";

    fn link_id() -> Uuid {
        Uuid::from_u128(1)
    }

    fn ann() -> Item {
        let fields = Fields {
            name: Some("Ann".to_owned()),
            mobile_number: Some("067_1".to_owned()),
            ..Fields::default()
        };
        Item { contact_id: None, link_id: None, account: AccountLookup::Found(3), fields }
    }

    fn effect(outcome: Outcome) -> Result<Effect, Refusal> {
        outcome.map(|upserted| upserted.effect)
    }

    #[test]
    fn rule_1_contact_id_must_exist() {
        let item = Item { contact_id: Some(6), ..ann() };
        assert_eq!(Contacts::default().upsert(TENANT, &item), Err(Refusal::NotFound));
    }

    #[test]
    fn rule_2_link_id_creates_then_updates() {
        let item = Item { link_id: Some(link_id()), ..ann() };
        let mut contacts = Contacts::default();
        assert_eq!(effect(contacts.upsert(TENANT, &item)), Ok(Effect::Created));
        assert_eq!(effect(contacts.upsert(TENANT, &item)), Ok(Effect::Unchanged));
        let renamed = Fields { name: Some("Bob".to_owned()), ..Fields::default() };
        let item = Item { account: AccountLookup::NotNamed, fields: renamed, ..item };
        assert_eq!(effect(contacts.upsert(TENANT, &item)), Ok(Effect::Changed));
    }

    #[test]
    fn rule_3_both_ids_must_name_the_same_contact() {
        let item = Item { contact_id: Some(6), link_id: Some(link_id()), ..ann() };
        assert_eq!(Contacts::default().upsert(TENANT, &item), Err(Refusal::InvalidData));
        let contact_id = Some(ids::contact_id(TENANT, link_id()));
        assert_eq!(Contacts::default().upsert(TENANT, &Item { contact_id, ..item }), Err(Refusal::NotFound));
    }

    #[test]
    fn rule_4_account_name_and_number_name_the_contact() {
        let mut contacts = Contacts::default();
        assert_eq!(effect(contacts.upsert(TENANT, &ann())), Ok(Effect::Created));
        assert_eq!(effect(contacts.upsert(TENANT, &ann())), Ok(Effect::Unchanged));
        let elsewhere = Item { account: AccountLookup::Found(4), ..ann() };
        assert_eq!(effect(contacts.upsert(TENANT, &elsewhere)), Ok(Effect::Created));
        let without_account = Item { account: AccountLookup::NotNamed, ..ann() };
        assert_eq!(contacts.upsert(TENANT, &without_account), Err(Refusal::InvalidData));
    }
}
