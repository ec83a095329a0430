//! How a request refers to a contact.

use super::{Contact, ContactId, LinkId, TenantName};

/// The ids by which a request refers to a contact: one of its two, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactReference {
    /// By `contact_id`.
    ContactId(ContactId),
    /// By `link_id`.
    LinkId(LinkId),
    /// By both, which must belong to the same contact.
    Both(ContactId, LinkId),
}

impl ContactReference {
    /// A reference by the ids that are given; `None` if none is.
    #[must_use]
    pub fn new(contact_id: Option<ContactId>, link_id: Option<LinkId>) -> Option<Self> {
        match (contact_id, link_id) {
            (Some(contact_id), Some(link_id)) => Some(Self::Both(contact_id, link_id)),
            (Some(contact_id), None) => Some(Self::ContactId(contact_id)),
            (None, Some(link_id)) => Some(Self::LinkId(link_id)),
            (None, None) => None,
        }
    }

    /// The `contact_id`, given or derived from the `link_id`.
    #[must_use]
    pub fn contact_id(&self, tenant: &TenantName) -> ContactId {
        match self {
            Self::ContactId(id) | Self::Both(id, _) => *id,
            Self::LinkId(link_id) => ContactId::derive(tenant, *link_id),
        }
    }

    /// The `link_id`, if it is given.
    #[must_use]
    pub fn link_id(&self) -> Option<LinkId> {
        match self {
            Self::ContactId(_) => None,
            Self::LinkId(link_id) | Self::Both(_, link_id) => Some(*link_id),
        }
    }

    /// Whether a contact that has the `contact_id` also has the `link_id`, if that is given.
    #[must_use]
    pub fn matches(&self, contact: &Contact) -> bool {
        self.link_id().is_none_or(|link_id| link_id == contact.link_id)
    }
}
