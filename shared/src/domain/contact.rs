//! A contact: its fields, each with its rule of the contract, and its two ids.

use std::{fmt, sync::Arc};

use uuid::Uuid;

use super::{
    AccountId, ContactTypes, TenantName, comparison_form, derived_id,
    validation::{self, ValidationError},
};

/// The namespace of the `link_id`s that the service derives (RFC 9562, section 5.5). It must never change: a list that is
/// sent again must refer to the same contacts.
const LINK_ID_NAMESPACE: Uuid = Uuid::from_u128(0x5f0c_2a63_9d1b_4f1e_8a57_3be0_64c1_d92a);

/// A contact's id in the caller's system, a UUID; unique in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(Uuid);

impl LinkId {
    /// Reads a hyphenated UUID in either case; fails with [`ValidationError::Uuid`].
    ///
    /// The nil UUID is rejected: systems send it for "none", and each such contact would overwrite the one before.
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        match Uuid::try_parse(raw) {
            Ok(uuid) if raw.len() == uuid::fmt::Hyphenated::LENGTH && !uuid.is_nil() => Ok(Self(uuid)),
            _ => Err(ValidationError::Uuid),
        }
    }

    /// Derives the id of a contact for which none is given: a `UUIDv5` of tenant, account, name and number. All spellings of a
    /// name and a number give the same id.
    #[must_use]
    pub fn derive(
        tenant: &TenantName,
        account: AccountId,
        name: &ContactName,
        number: &MobileNumber,
    ) -> Self {
        let account = account.to_string();
        let (name, number) = (comparison_form(name.as_str()), comparison_form(number.as_str()));
        // No text holds a zero byte, so different contacts never join to the same bytes.
        let parts = [tenant.as_str(), &account, &name, &number].join("\0");
        Self(Uuid::new_v5(&LINK_ID_NAMESPACE, parts.as_bytes()))
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A contact's id, 1 to 2^53-1, unique in the tenant; derived from the `link_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactId(u64);

impl ContactId {
    /// Reads an id from its digits; fails with [`ValidationError::Id`].
    pub fn parse(digits: &str) -> Result<Self, ValidationError> {
        validation::id(digits).map(Self)
    }

    /// Derives the id of the contact with this `link_id`.
    #[must_use]
    pub fn derive(tenant: &TenantName, link_id: LinkId) -> Self {
        Self(derived_id::derive(&[tenant.as_str().as_bytes(), link_id.0.as_bytes()]))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A contact's name: 1 to 256 characters after trimming.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContactName(String);

impl ContactName {
    /// Trims and reads a name; fails with [`ValidationError::TrimmedLength`] or [`ValidationError::ControlCharacter`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed(raw, 256).map(Self)
    }

    /// Reads a stored name, which may have no visible character.
    pub fn parse_stored(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed_of_table(raw, 256).map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A contact's mobile number: 1 to 64 characters after trimming, in any format (docs/api.md: `67_1` is a value in use).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MobileNumber(String);

impl MobileNumber {
    /// Trims and reads a number; fails with [`ValidationError::TrimmedLength`] or [`ValidationError::ControlCharacter`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed(raw, 64).map(Self)
    }

    /// Reads a stored number, which may have no visible character.
    pub fn parse_stored(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed_of_table(raw, 64).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A contact's role for its account: a word of the tenant's dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactType(String);

impl ContactType {
    /// Finds a word in the tenant's dictionary; fails with [`ValidationError::Dictionary`].
    pub fn parse(raw: &str, dictionary: &ContactTypes) -> Result<Self, ValidationError> {
        if dictionary.words().iter().any(|word| word == raw) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(ValidationError::Dictionary { words: validation::listed(dictionary.words()) })
        }
    }

    /// The word of a stored contact. It was in the tenant's dictionary when it was written, and may have left it since.
    #[must_use]
    pub fn stored(word: String) -> Self {
        Self(word)
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ContactType {
    fn default() -> Self {
        Self(ContactTypes::DEFAULT_WORD.to_owned())
    }
}

/// A contact's e-mail address: at most 254 characters, text on both sides of one `@` (docs/api.md:
/// `email@com1` is a value in use).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address; fails with [`ValidationError::Length`], [`ValidationError::ControlCharacter`] or [`ValidationError::Email`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        let text = validation::bounded(raw, 254)?;
        match text.split_once('@') {
            Some((local, domain))
                if !domain.contains('@') && !local.trim().is_empty() && !domain.trim().is_empty() =>
            {
                Ok(Self(text))
            }
            _ => Err(ValidationError::Email),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A contact's description: at most 2,048 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Reads a description; fails with [`ValidationError::Length`] or [`ValidationError::ControlCharacter`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        validation::bounded(raw, 2048).map(Self)
    }

    /// The description.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Revision of the last write of a contact. Every write sets a new one, so two states of a contact never share a revision,
/// even if the contact was deleted and created again between them. Clones are cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(Arc<str>);

impl Revision {
    /// A new revision, different from all others.
    #[must_use]
    pub fn unique() -> Self {
        Self(Uuid::new_v4().simple().encode_lower(&mut [0; uuid::fmt::Simple::LENGTH])[..].into())
    }

    /// The revision of a stored contact.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The revision as text, as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A contact: a person to reach at a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// `contact_id`, derived from `link_id`.
    pub id: ContactId,
    /// `link_id`.
    pub link_id: LinkId,
    /// `account_id` of the account that it belongs to.
    pub account: AccountId,
    /// `contact_name`.
    pub name: ContactName,
    /// `contact_mobile_num`.
    pub mobile_number: MobileNumber,
    /// `contact_type`.
    pub contact_type: ContactType,
    /// `contact_email`.
    pub email: Option<Email>,
    /// `contact_desc`.
    pub description: Option<Description>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> TenantName {
        TenantName::parse(name).unwrap()
    }

    #[test]
    fn link_id_is_a_hyphenated_uuid_in_either_case_but_not_nil() {
        let lower = LinkId::parse("91c615e3-1040-4815-8ecb-039a18b756b5").unwrap();
        assert_eq!(LinkId::parse("91C615E3-1040-4815-8ECB-039A18B756B5").unwrap(), lower);
        assert_eq!(lower.to_string(), "91c615e3-1040-4815-8ecb-039a18b756b5");
        for bad in [
            "",
            "91c615e3",
            "91c615e3104048158ecb039a18b756b5",
            "{91c615e3-1040-4815-8ecb-039a18b756b5}",
            "urn:uuid:91c615e3-1040-4815-8ecb-039a18b756b5",
            "91c615e3-1040-4815-8ecb-039a18b756bg",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(LinkId::parse(bad), Err(ValidationError::Uuid), "{bad}");
        }
    }

    #[test]
    fn link_id_refers_to_another_contact_in_each_tenant() {
        let link_id = LinkId::parse("91c615e3-1040-4815-8ecb-039a18b756b5").unwrap();
        assert_ne!(ContactId::derive(&tenant("a"), link_id), ContactId::derive(&tenant("b"), link_id));
    }

    #[test]
    fn derived_ids_never_change() {
        let name = ContactName::parse("Ann").unwrap();
        let number = MobileNumber::parse("067_1").unwrap();
        let link_id = LinkId::derive(&tenant("zegoal"), AccountId::parse("3").unwrap(), &name, &number);
        insta::assert_snapshot!(link_id, @"4f8f7826-0518-5c8e-b9e3-3e4ed886987b");
        insta::assert_snapshot!(ContactId::derive(&tenant("zegoal"), link_id), @"5715809846321249");
        assert_eq!(ContactId::derive(&tenant("zegoal"), link_id).get(), 5_715_809_846_321_249);
    }

    #[test]
    fn name_is_trimmed_and_counted_in_characters() {
        assert_eq!(ContactName::parse("  Анна 🙂 ").unwrap().as_str(), "Анна 🙂");
        assert!(ContactName::parse(&"🙂".repeat(256)).is_ok());
        assert_eq!(ContactName::parse(&"🙂".repeat(257)), Err(ValidationError::TrimmedLength { max: 256 }));
        assert_eq!(ContactName::parse("   "), Err(ValidationError::TrimmedLength { max: 256 }));
    }

    #[test]
    fn control_characters_are_rejected_before_trimming() {
        assert_eq!(ContactName::parse("Ann\n"), Err(ValidationError::ControlCharacter));
        assert_eq!(MobileNumber::parse("\t067"), Err(ValidationError::ControlCharacter));
        assert_eq!(Email::parse("a\u{0}@b"), Err(ValidationError::ControlCharacter));
        assert_eq!(Description::parse("a\u{85}b"), Err(ValidationError::ControlCharacter));
    }

    #[test]
    fn email_has_text_on_both_sides_of_one_at() {
        for good in ["email@com1", "a@b", &format!("{}@b", "a".repeat(252))] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "@", "a@", "@b", "a", "a@b@c", " @b", "a@ "] {
            assert_eq!(Email::parse(bad), Err(ValidationError::Email), "{bad}");
        }
        assert_eq!(
            Email::parse(&format!("{}@b", "a".repeat(253))),
            Err(ValidationError::Length { max: 254 })
        );
    }

    #[test]
    fn description_may_be_empty_and_is_not_trimmed() {
        assert_eq!(Description::parse("").unwrap().as_str(), "");
        assert_eq!(Description::parse(" x ").unwrap().as_str(), " x ");
        assert_eq!(Description::parse(&"x".repeat(2049)), Err(ValidationError::Length { max: 2048 }));
    }

    #[test]
    fn contact_type_is_a_word_of_the_dictionary() {
        let types = ContactTypes::default();
        assert_eq!(ContactType::parse("tech_spec", &types).unwrap().as_str(), "tech_spec");
        let rule = ContactType::parse("boss", &types).unwrap_err();
        assert_eq!(rule.to_string(), "must be one of main_contact, tech_spec, manager");
    }

    #[test]
    fn texts_are_kept_as_they_were_read() {
        assert_eq!(Email::parse("a@b").unwrap().as_str(), "a@b");
        assert_eq!(ContactType::stored("boss".to_owned()).as_str(), "boss");
        assert_eq!(ContactType::default().as_str(), "main_contact");
    }
}
