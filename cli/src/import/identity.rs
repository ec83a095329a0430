//! Which contact a row means, as far as that can be told without the service: enough to keep the rows of
//! one contact in order.

use std::hash::{DefaultHasher, Hash, Hasher};

use contacts::domain::{ContactId, LinkId, TenantName};
use uuid::Uuid;

/// Which contact a row means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// The one with this id, whose `link_id` is its caller's own.
    Own(ContactId),
    /// The one with this id. Its `link_id` may be one that the service derived from account, name and
    /// number, so that a [`Self::Described`] row may mean the same contact.
    PerhapsDerived(ContactId),
    /// The one with its account, name and number. This is the hash of the last two alone: accounts have
    /// several names, and which ones mean the same account is for the service to know.
    Described(u64),
    /// None: the service will reject the row.
    Nobody,
}

impl Identity {
    /// Follows the contract's "Which contact an item means".
    pub(super) fn of(
        tenant: &TenantName,
        contact_id: Option<&str>,
        link_id: Option<&str>,
        name: Option<&str>,
        number: Option<&str>,
    ) -> Self {
        match (contact_id, link_id, name, number) {
            (None, None, Some(name), Some(number)) => {
                let mut hasher = DefaultHasher::new();
                (name.trim(), number.trim()).hash(&mut hasher);
                Self::Described(hasher.finish())
            }
            (Some(id), None, ..) => ContactId::parse(id).map_or(Self::Nobody, Self::PerhapsDerived),
            // If there is a contact_id too, it is this one's, or the service rejects the row.
            (_, Some(link_id), ..) => Self::by_link_id(tenant, link_id).unwrap_or(Self::Nobody),
            _ => Self::Nobody,
        }
    }

    fn by_link_id(tenant: &TenantName, link_id: &str) -> Option<Self> {
        // The service derives UUIDs of version 5 only.
        let perhaps_derived = Uuid::try_parse(link_id).ok()?.get_version_num() == 5;
        let id = ContactId::derive(tenant, LinkId::parse(link_id).ok()?);
        Some(if perhaps_derived { Self::PerhapsDerived(id) } else { Self::Own(id) })
    }
}

#[cfg(test)]
mod tests {
    use contacts::domain::{AccountId, ContactName, MobileNumber};

    use super::*;

    const LINK_ID: &str = "91c615e3-1040-4815-8ecb-039a18b756b5";

    fn tenant() -> TenantName {
        TenantName::parse("zegoal").unwrap()
    }

    #[test]
    fn both_ids_of_a_contact_mean_the_same() {
        let derived = LinkId::derive(
            &tenant(),
            AccountId::parse("3").unwrap(),
            &ContactName::parse("Ann").unwrap(),
            &MobileNumber::parse("067_1").unwrap(),
        );
        let contact_id = ContactId::derive(&tenant(), derived).to_string();
        let by_contact_id = Identity::of(&tenant(), Some(&contact_id), None, None, None);
        assert_eq!(by_contact_id, Identity::of(&tenant(), None, Some(&derived.to_string()), None, None));
        assert!(matches!(by_contact_id, Identity::PerhapsDerived(_)));
    }

    #[test]
    fn a_link_id_of_the_callers_own_is_nobody_elses_in_either_case() {
        let lower = Identity::of(&tenant(), None, Some(LINK_ID), Some("Ann"), Some("067_1"));
        assert!(matches!(lower, Identity::Own(_)));
        assert_eq!(lower, Identity::of(&tenant(), None, Some(&LINK_ID.to_uppercase()), None, None));
    }

    #[test]
    fn a_name_and_a_number_are_trimmed_as_the_service_trims_them() {
        let described = |name, number| Identity::of(&tenant(), None, None, Some(name), Some(number));
        assert_eq!(described("Ann", "067_1"), described(" Ann", "067_1 "));
        assert_ne!(described("Ann", "067_1"), described("Ann0", "67_1"));
    }

    #[test]
    fn a_row_that_the_service_will_reject_means_nobody() {
        let tenant = tenant();
        assert_eq!(Identity::of(&tenant, Some("x"), None, Some("Ann"), Some("1")), Identity::Nobody);
        assert_eq!(Identity::of(&tenant, None, Some("x"), Some("Ann"), Some("1")), Identity::Nobody);
        assert_eq!(Identity::of(&tenant, None, None, Some("Ann"), None), Identity::Nobody);
    }
}
