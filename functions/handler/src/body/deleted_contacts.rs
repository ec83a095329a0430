//! Deleted contacts in an answer, and the bytes that they take.

use contacts_core::domain::{Contact, Description, Email, bytes_in_answer};
use serde::{Serialize, Serializer};

/// Deleted contacts, with the state in which they were deleted, as an answer lists them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct DeletedContacts(pub Vec<Contact>);

impl Serialize for DeletedContacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(DeletedContact::from))
    }
}

#[derive(Serialize)]
struct DeletedContact<'a> {
    contact_type: &'a str,
    contact_name: &'a str,
    contact_mobile_num: &'a str,
    contact_id: u64,
    contact_email: Option<&'a str>,
    contact_desc: Option<&'a str>,
    link_id: String,
}

impl<'a> From<&'a Contact> for DeletedContact<'a> {
    fn from(contact: &'a Contact) -> Self {
        Self {
            contact_type: contact.contact_type.as_str(),
            contact_name: contact.name.as_str(),
            contact_mobile_num: contact.mobile_number.as_str(),
            contact_id: contact.id.get(),
            contact_email: contact.email.as_ref().map(Email::as_str),
            contact_desc: contact.description.as_ref().map(Description::as_str),
            link_id: contact.link_id.to_string(),
        }
    }
}

/// An upper bound for the bytes of a contact in an answer, inside Lambda's response, where each quotation mark and
/// backslash is escaped twice.
#[must_use]
pub fn estimated_json_len(contact: &Contact) -> usize {
    /// Names of fields, ids and punctuation.
    const FIXED: usize = 230;
    FIXED
        + bytes_in_answer(contact.name.as_str())
        + bytes_in_answer(contact.mobile_number.as_str())
        + bytes_in_answer(contact.contact_type.as_str())
        + contact.email.as_ref().map_or(0, |email| bytes_in_answer(email.as_str()))
        + contact.description.as_ref().map_or(0, |description| bytes_in_answer(description.as_str()))
}

#[cfg(test)]
mod tests {
    use contacts_core::domain::{ContactName, ContactType, MobileNumber};

    use super::*;
    use crate::test_support::contact;

    #[test]
    fn estimated_length_is_a_close_upper_bound() {
        let contact = Contact {
            name: ContactName::parse(&"\"\\x".repeat(80)).unwrap(),
            mobile_number: MobileNumber::parse(&"\\".repeat(64)).unwrap(),
            contact_type: ContactType::stored("\"\\".repeat(30)),
            email: Email::parse(&("\"".repeat(100) + "@b")).ok(),
            description: Description::parse(&"\\".repeat(1_000)).ok(),
            ..contact(0)
        };
        let estimated = estimated_json_len(&contact);
        let answer = serde_json::to_string(&DeletedContacts(vec![contact])).unwrap();
        let in_a_response = serde_json::to_string(&answer).unwrap().len();
        assert!(in_a_response <= estimated, "{in_a_response} of {estimated}");
        assert!(in_a_response + 60 >= estimated, "{in_a_response} of {estimated}");
    }
}
