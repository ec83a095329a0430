//! A contact as the tool prints and exports it. The fields have the names that the API uses, so that an
//! export can be imported.

use contacts_core::domain::{Account, Contact};
use serde::Serialize;

use crate::output::{TableColumn, optional_cell};

/// A contact with its account's code and name.
#[derive(Serialize)]
pub(crate) struct ContactRecord {
    pub(crate) account_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_name: Option<String>,
    pub(crate) contact_id: u64,
    pub(crate) link_id: String,
    pub(crate) contact_name: String,
    pub(crate) contact_mobile_num: String,
    pub(crate) contact_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact_desc: Option<String>,
}

/// All fields, in the order of the columns of an export.
pub(crate) const CONTACT_FIELDS: &[TableColumn<ContactRecord>] = &[
    ("account_id", |record| record.account_id.to_string()),
    ("account_code", |record| optional_cell(record.account_code.as_deref())),
    ("account_name", |record| optional_cell(record.account_name.as_deref())),
    ("contact_id", |record| record.contact_id.to_string()),
    ("link_id", |record| record.link_id.clone()),
    ("contact_name", |record| record.contact_name.clone()),
    ("contact_mobile_num", |record| record.contact_mobile_num.clone()),
    ("contact_type", |record| record.contact_type.clone()),
    ("contact_email", |record| optional_cell(record.contact_email.as_deref())),
    ("contact_desc", |record| optional_cell(record.contact_desc.as_deref())),
];

/// The fields of a list.
pub(super) const LIST_COLUMNS: &[TableColumn<ContactRecord>] = &[
    ("contact_id", |record| record.contact_id.to_string()),
    ("account_id", |record| record.account_id.to_string()),
    ("contact_name", |record| record.contact_name.clone()),
    ("contact_mobile_num", |record| record.contact_mobile_num.clone()),
    ("contact_type", |record| record.contact_type.clone()),
    ("contact_email", |record| optional_cell(record.contact_email.as_deref())),
];

impl ContactRecord {
    /// Combines a contact with its account; `None` if the table has no such account.
    pub(super) fn new(contact: Contact, account: Option<&Account>) -> Self {
        let code = account.and_then(|account| account.code.as_ref());
        let name = account.and_then(|account| account.name.as_ref());
        Self {
            account_id: contact.account.get(),
            account_code: code.map(|code| code.as_str().to_owned()),
            account_name: name.map(|name| name.as_str().to_owned()),
            contact_id: contact.id.get(),
            link_id: contact.link_id.to_string(),
            contact_name: contact.name.as_str().to_owned(),
            contact_mobile_num: contact.mobile_number.as_str().to_owned(),
            contact_type: contact.contact_type.as_str().to_owned(),
            contact_email: contact.email.map(|email| email.as_str().to_owned()),
            contact_desc: contact.description.map(|description| description.as_str().to_owned()),
        }
    }
}
