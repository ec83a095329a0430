//! Which contact a row identifies, as far as the tool can tell without the service. Rows with the same key
//! are sent in the order of the file.

use std::hash::{DefaultHasher, Hash, Hasher};

use contacts_core::domain::{ContactId, LinkId, TenantName, comparison_form};
use uuid::Uuid;

/// The contact that a row identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactKey {
    /// The contact with this id. The caller chose its `link_id`.
    CallerChosen(ContactId),
    /// The contact with this id. The service may have derived its `link_id` from account, name and mobile
    /// number, so a [`Self::NameAndNumber`] row may identify the same contact.
    PossiblyDerived(ContactId),
    /// A contact by account, name and mobile number. Holds a hash of name and number alone: an account can
    /// be given by id, code or name, and only the service knows which of them are the same account.
    NameAndNumber(u64),
    /// No contact: the service will reject the row.
    Invalid,
}

/// The fields of a row that identify a contact; `None` where the row does not give them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeyFields<'r> {
    pub(super) contact_id: Option<&'r str>,
    pub(super) link_id: Option<&'r str>,
    pub(super) contact_name: Option<&'r str>,
    pub(super) contact_mobile_num: Option<&'r str>,
}

impl ContactKey {
    /// Follows the API contract's "Which contact an item means".
    pub(super) fn new(tenant: &TenantName, fields: KeyFields<'_>) -> Self {
        match (fields.contact_id, fields.link_id, fields.contact_name, fields.contact_mobile_num) {
            (None, None, Some(name), Some(number)) => {
                let mut hasher = DefaultHasher::new();
                (comparison_form(name), comparison_form(number)).hash(&mut hasher);
                Self::NameAndNumber(hasher.finish())
            }
            (Some(id), None, ..) => ContactId::parse(id).map_or(Self::Invalid, Self::PossiblyDerived),
            // A `contact_id` beside the `link_id` identifies the same contact, or the service rejects the row.
            (_, Some(link_id), ..) => Self::from_link_id(tenant, link_id),
            (None, None, ..) => Self::Invalid,
        }
    }

    fn from_link_id(tenant: &TenantName, raw: &str) -> Self {
        let (Ok(uuid), Ok(link_id)) = (Uuid::try_parse(raw), LinkId::parse(raw)) else {
            return Self::Invalid;
        };
        let id = ContactId::derive(tenant, link_id);
        // The service derives UUIDs of version 5 only.
        if uuid.get_version_num() == 5 { Self::PossiblyDerived(id) } else { Self::CallerChosen(id) }
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::domain::{AccountId, ContactName, MobileNumber};

    use super::*;

    const LINK_ID: &str = "91c615e3-1040-4815-8ecb-039a18b756b5";

    fn tenant() -> TenantName {
        TenantName::parse("zegoal").unwrap()
    }

    fn key(fields: KeyFields<'_>) -> ContactKey {
        ContactKey::new(&tenant(), fields)
    }

    const ANN: KeyFields<'_> = KeyFields {
        contact_id: None,
        link_id: None,
        contact_name: Some("Ann"),
        contact_mobile_num: Some("067_1"),
    };

    #[test]
    fn contact_id_and_link_id_of_a_contact_give_the_same_key() {
        let derived = LinkId::derive(
            &tenant(),
            AccountId::parse("3").unwrap(),
            &ContactName::parse("Ann").unwrap(),
            &MobileNumber::parse("067_1").unwrap(),
        );
        let contact_id = ContactId::derive(&tenant(), derived).to_string();
        let by_contact_id = key(KeyFields { contact_id: Some(&contact_id), ..KeyFields::default() });
        let by_link_id = key(KeyFields { link_id: Some(&derived.to_string()), ..KeyFields::default() });
        assert_eq!(by_contact_id, by_link_id);
        assert!(matches!(by_contact_id, ContactKey::PossiblyDerived(_)));
    }

    #[test]
    fn link_ids_of_callers_are_case_insensitive() {
        let lower = key(KeyFields { link_id: Some(LINK_ID), ..ANN });
        assert!(matches!(lower, ContactKey::CallerChosen(_)));
        let upper = key(KeyFields { link_id: Some(&LINK_ID.to_uppercase()), ..KeyFields::default() });
        assert_eq!(lower, upper);
    }

    #[test]
    fn names_and_numbers_are_trimmed_as_by_the_service() {
        let by_fields = |name, number| {
            key(KeyFields {
                contact_name: Some(name),
                contact_mobile_num: Some(number),
                ..KeyFields::default()
            })
        };
        assert_eq!(by_fields("Ann", "067_1"), by_fields(" Ann", "067_1 "));
        assert_ne!(by_fields("Ann", "067_1"), by_fields("Ann0", "67_1"));
    }

    #[test]
    fn rows_that_the_service_rejects_have_no_key() {
        assert_eq!(key(KeyFields { contact_id: Some("x"), ..ANN }), ContactKey::Invalid);
        assert_eq!(key(KeyFields { link_id: Some("x"), ..ANN }), ContactKey::Invalid);
        assert_eq!(key(KeyFields { contact_mobile_num: None, ..ANN }), ContactKey::Invalid);
    }
}
