//! A contact as it is printed and exported: its fields by the names that the API takes, so that an export
//! can be imported.

use contacts::domain::{Account, Contact};
use serde::Serialize;

use crate::output::Column;

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

/// All fields, in the order of an export's columns.
pub(crate) const FIELDS: &[Column<ContactRecord>] = &[
    ("account_id", |record| record.account_id.to_string()),
    ("account_code", |record| record.account_code.clone().unwrap_or_default()),
    ("account_name", |record| record.account_name.clone().unwrap_or_default()),
    ("contact_id", |record| record.contact_id.to_string()),
    ("link_id", |record| record.link_id.clone()),
    ("contact_name", |record| record.contact_name.clone()),
    ("contact_mobile_num", |record| record.contact_mobile_num.clone()),
    ("contact_type", |record| record.contact_type.clone()),
    ("contact_email", |record| record.contact_email.clone().unwrap_or_default()),
    ("contact_desc", |record| record.contact_desc.clone().unwrap_or_default()),
];

impl ContactRecord {
    /// A contact of this account; an account that is gone has neither code nor name.
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
            contact_type: contact.kind.as_str().to_owned(),
            contact_email: contact.email.map(|email| email.as_str().to_owned()),
            contact_desc: contact.description.map(|description| description.as_str().to_owned()),
        }
    }
}
