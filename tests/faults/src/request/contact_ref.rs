//! How requests name contacts by their ids.

use serde_json::{Value, json};
use uuid::Uuid;

/// The ids by which a request names a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactRef {
    LinkId(ContactKey),
    ContactId(ContactKey),
    Both(ContactKey),
}

/// A contact whose ids are known before a schedule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ContactKey {
    /// A contact with a `link_id` that the callers chose.
    Number(usize),
    /// Ann of the account ACME, with the `link_id` that the service derives.
    Ann,
}

/// The ids of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContactIds {
    pub(crate) link_id: Uuid,
    pub(crate) contact_id: u64,
}

impl ContactRef {
    /// The contact.
    pub(crate) fn key(self) -> ContactKey {
        match self {
            Self::LinkId(key) | Self::ContactId(key) | Self::Both(key) => key,
        }
    }

    /// Whether it is named by its `link_id` alone, which can be that of a new contact.
    pub(crate) fn is_link_id(self) -> bool {
        matches!(self, Self::LinkId(_))
    }

    /// The `contact_id` and the `link_id` that are given.
    pub(crate) fn given(self, ids: ContactIds) -> (Option<u64>, Option<Uuid>) {
        match self {
            Self::LinkId(_) => (None, Some(ids.link_id)),
            Self::ContactId(_) => (Some(ids.contact_id), None),
            Self::Both(_) => (Some(ids.contact_id), Some(ids.link_id)),
        }
    }

    /// Adds `offset` to the number of a numbered contact.
    pub(super) fn shift(&mut self, offset: usize) {
        let (Self::LinkId(key) | Self::ContactId(key) | Self::Both(key)) = self;
        if let ContactKey::Number(number) = key {
            *number += offset;
        }
    }

    /// Writes the given ids into a JSON object.
    pub(super) fn write(self, object: &mut Value, ids: ContactIds) {
        let (contact_id, link_id) = self.given(ids);
        if let Some(link_id) = link_id {
            object["link_id"] = json!(link_id.to_string());
        }
        if let Some(contact_id) = contact_id {
            object["contact_id"] = json!(contact_id);
        }
    }
}
