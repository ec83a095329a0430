//! What a row depends on, as far as the tool can tell without the service: the contact and the account that
//! it identifies. Rows that depend on each other are sent in the order of the file.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use contacts_core::domain::{AccountId, ContactId, LinkId, TenantName, comparison_form};
use uuid::Uuid;

/// What a row depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowKeys {
    pub(crate) contact: ContactKey,
    /// The account that the row gives; without any key if the account of the whole import applies.
    pub(crate) account: AccountKeys,
}

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

/// The keys of an account; codes and names by their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct AccountKeys {
    pub(crate) id: Option<u64>,
    pub(crate) code: Option<u64>,
    pub(crate) name: Option<u64>,
}

impl RowKeys {
    /// The keys of an item that is not an object.
    pub(super) const INVALID: Self =
        Self { contact: ContactKey::Invalid, account: AccountKeys { id: None, code: None, name: None } };

    /// Reads the keys from a row's fields; `field` returns the text of the field of that name, or `None` if
    /// the row does not give it.
    pub(super) fn new<'r>(tenant: &TenantName, field: impl Fn(&str) -> Option<Cow<'r, str>>) -> Self {
        Self { contact: ContactKey::new(tenant, &field), account: AccountKeys::new(field) }
    }
}

impl AccountKeys {
    /// Reads the keys of an account; `field` returns the text of the field of that name.
    pub(crate) fn new<'r>(field: impl Fn(&str) -> Option<Cow<'r, str>>) -> Self {
        let hashed = |name| field(name).map(|text| hash(&comparison_form(&text)));
        let id = field("account_id").and_then(|id| AccountId::parse(&id).ok()).map(AccountId::get);
        Self { id, code: hashed("account_code"), name: hashed("account_name") }
    }

    /// Returns these keys, or else `default` if there is none.
    pub(crate) fn or(self, default: Self) -> Self {
        if self == Self::default() { default } else { self }
    }
}

impl ContactKey {
    /// Follows the API contract's "Which contact an item means".
    fn new<'r>(tenant: &TenantName, field: &impl Fn(&str) -> Option<Cow<'r, str>>) -> Self {
        let (contact_id, link_id) = (field("contact_id"), field("link_id"));
        match (contact_id, link_id, field("contact_name"), field("contact_mobile_num")) {
            (None, None, Some(name), Some(number)) => {
                Self::NameAndNumber(hash(&(comparison_form(&name), comparison_form(&number))))
            }
            (Some(id), None, ..) => ContactId::parse(&id).map_or(Self::Invalid, Self::PossiblyDerived),
            // A `contact_id` beside the `link_id` identifies the same contact, or the service rejects the row.
            (_, Some(link_id), ..) => Self::from_link_id(tenant, &link_id),
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

fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use contacts_core::domain::{ContactName, MobileNumber};

    use super::*;

    const LINK_ID: &str = "91c615e3-1040-4815-8ecb-039a18b756b5";

    fn tenant() -> TenantName {
        TenantName::parse("zegoal").unwrap()
    }

    fn keys(fields: &[(&str, &str)]) -> RowKeys {
        let field = |name: &str| fields.iter().find(|(given, _)| *given == name);
        RowKeys::new(&tenant(), |name| field(name).map(|(_, text)| Cow::Borrowed(*text)))
    }

    fn contact(fields: &[(&str, &str)]) -> ContactKey {
        keys(fields).contact
    }

    fn by_fields(name: &str, number: &str) -> ContactKey {
        contact(&[("contact_name", name), ("contact_mobile_num", number)])
    }

    #[test]
    fn contact_id_and_link_id_of_a_contact_give_the_same_key() {
        let derived = LinkId::derive(
            &tenant(),
            AccountId::parse("3").unwrap(),
            &ContactName::parse("Ann").unwrap(),
            &MobileNumber::parse("067_1").unwrap(),
        );
        let contact_id = ContactId::derive(&tenant(), derived).to_string();
        let by_contact_id = contact(&[("contact_id", &contact_id)]);
        assert_eq!(by_contact_id, contact(&[("link_id", &derived.to_string())]));
        assert!(matches!(by_contact_id, ContactKey::PossiblyDerived(_)));
    }

    #[test]
    fn link_ids_of_callers_are_case_insensitive() {
        let lower = contact(&[("link_id", LINK_ID), ("contact_name", "Ann"), ("contact_mobile_num", "1")]);
        assert!(matches!(lower, ContactKey::CallerChosen(_)));
        assert_eq!(lower, contact(&[("link_id", &LINK_ID.to_uppercase())]));
    }

    #[test]
    fn names_and_numbers_are_trimmed_as_by_the_service() {
        assert_eq!(by_fields("Ann", "067_1"), by_fields(" Ann", "067_1 "));
        assert_ne!(by_fields("Ann", "067_1"), by_fields("Ann0", "67_1"));
    }

    #[test]
    fn rows_that_the_service_rejects_have_no_contact_key() {
        for fields in [&[("contact_id", "x")], &[("link_id", "x")], &[("contact_name", "Ann")]] {
            assert_eq!(contact(fields), ContactKey::Invalid);
        }
    }

    #[test]
    fn account_keys_are_compared_as_by_the_service() {
        let acme = keys(&[("account_id", "3"), ("account_code", "ACME"), ("account_name", "Acme")]).account;
        let again = keys(&[("account_id", "3"), ("account_code", " ACME"), ("account_name", "Acme ")]);
        assert_eq!(acme, again.account);
        assert_ne!(acme, keys(&[("account_code", "ACME")]).account);
        assert_eq!(AccountKeys::default().or(acme), acme);
    }
}
