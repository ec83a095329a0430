//! A contact, and what an item says about its fields.

use uuid::Uuid;

/// The type of a contact that was created without one (contract: "Contact fields").
pub const DEFAULT_TYPE: &str = "main_contact";

/// The dictionary of contact types that a tenant has by default (contract: "Contact fields").
pub const DEFAULT_TYPES: [&str; 3] = [DEFAULT_TYPE, "tech_spec", "manager"];

/// A stored contact (contract: "Contact fields").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Contact {
    /// `link_id`, which never changes.
    pub link_id: Uuid,
    /// The account that it is on.
    pub account_id: u64,
    /// `contact_name`.
    pub name: String,
    /// `contact_mobile_num`.
    pub mobile_number: String,
    /// `contact_type`.
    pub contact_type: String,
    /// `contact_email`.
    pub email: Option<String>,
    /// `contact_desc`.
    pub description: Option<String>,
}

/// What an item says about a contact's fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// `contact_name`.
    pub name: Option<String>,
    /// `contact_mobile_num`.
    pub mobile_number: Option<String>,
    /// `contact_type`.
    pub contact_type: Option<String>,
    /// `contact_email`.
    pub email: FieldChange,
    /// `contact_desc`.
    pub description: FieldChange,
}

/// What an item says about an optional field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FieldChange {
    /// The item doesn't have the field.
    #[default]
    Keep,
    /// The field is `null`.
    Clear,
    /// The field has this value.
    Set(String),
}

impl Fields {
    /// Updates a contact. A field that is missing keeps its value, and `null` clears an optional field
    /// (contract: "Contact fields").
    #[must_use]
    pub fn update(&self, contact: Contact) -> Contact {
        Contact {
            link_id: contact.link_id,
            account_id: contact.account_id,
            name: self.name.clone().unwrap_or(contact.name),
            mobile_number: self.mobile_number.clone().unwrap_or(contact.mobile_number),
            contact_type: self.contact_type.clone().unwrap_or(contact.contact_type),
            email: self.email.update(contact.email),
            description: self.description.update(contact.description),
        }
    }
}

impl FieldChange {
    fn update(&self, before: Option<String>) -> Option<String> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value.clone()),
        }
    }
}
