//! An account of a tenant, and how a request refers to one.

use std::fmt;

use super::{
    TenantName, derived_id,
    spelling::SpelledText,
    validation::{self, ValidationError},
};

/// The most characters of a code or a name.
const MAX_TEXT: usize = 256;

/// An account's id, 1 to 2^53-1, unique in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// Reads an id from its digits; fails with [`ValidationError::Id`].
    pub fn parse(digits: &str) -> Result<Self, ValidationError> {
        validation::id(digits).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An account's code in an external system: 1 to 256 characters, unique in the tenant in all its spellings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountCode(SpelledText);

impl AccountCode {
    /// Trims and reads a code; fails with [`ValidationError::TrimmedLength`] or [`ValidationError::ControlCharacter`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed(raw, MAX_TEXT).map(Self::of)
    }

    /// Reads a stored code, which may have no visible character.
    pub fn parse_stored(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed_of_table(raw, MAX_TEXT).map(Self::of)
    }

    fn of(text: String) -> Self {
        Self(SpelledText::new(text))
    }

    /// The code, as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The form in which it is compared: equal for all spellings of one code.
    #[must_use]
    pub fn form(&self) -> &str {
        self.0.form()
    }
}

/// An account's name: 1 to 256 characters, unique in the tenant in all its spellings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountName(SpelledText);

impl AccountName {
    /// Trims and reads a name; fails with [`ValidationError::TrimmedLength`] or [`ValidationError::ControlCharacter`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed(raw, MAX_TEXT).map(Self::of)
    }

    /// Reads a stored name, which may have no visible character.
    pub fn parse_stored(raw: &str) -> Result<Self, ValidationError> {
        validation::trimmed_of_table(raw, MAX_TEXT).map(Self::of)
    }

    fn of(text: String) -> Self {
        Self(SpelledText::new(text))
    }

    /// The name, as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The form in which it is compared: equal for all spellings of one name.
    #[must_use]
    pub fn form(&self) -> &str {
        self.0.form()
    }
}

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The id.
    pub id: AccountId,
    /// The code, if it has one yet.
    pub code: Option<AccountCode>,
    /// The name, if it has one yet.
    pub name: Option<AccountName>,
}

/// The params by which a request refers to an account: id, code, name, or several of them, which must agree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountReference {
    id: Option<AccountId>,
    code: Option<AccountCode>,
    name: Option<AccountName>,
}

impl AccountReference {
    /// A reference by the params that are given; `None` if none is.
    #[must_use]
    pub fn new(id: Option<AccountId>, code: Option<AccountCode>, name: Option<AccountName>) -> Option<Self> {
        (id.is_some() || code.is_some() || name.is_some()).then_some(Self { id, code, name })
    }

    /// The id, if it is given.
    #[must_use]
    pub fn id(&self) -> Option<AccountId> {
        self.id
    }

    /// The code, if it is given.
    #[must_use]
    pub fn code(&self) -> Option<&AccountCode> {
        self.code.as_ref()
    }

    /// The name, if it is given.
    #[must_use]
    pub fn name(&self) -> Option<&AccountName> {
        self.name.as_ref()
    }

    /// The account to create if the tenant has none that this reference finds. Its id is derived from the code, or from
    /// the name if there is no code. `None` for a reference by id: accounts are not created by id.
    #[must_use]
    pub fn new_account(&self, tenant: &TenantName) -> Option<Account> {
        let (kind, text): (&[u8], _) = match (self.id, &self.code, &self.name) {
            (None, Some(code), _) => (b"CODE", code.form()),
            (None, None, Some(name)) => (b"NAME", name.form()),
            _ => return None,
        };
        let id = AccountId(derived_id::derive(&[tenant.as_str().as_bytes(), kind, text.as_bytes()]));
        Some(Account { id, code: self.code.clone(), name: self.name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_id_is_the_digits_of_1_to_2_to_the_53_less_1() {
        assert_eq!(AccountId::parse("3").unwrap().get(), 3);
        assert_eq!(AccountId::parse("9007199254740991").unwrap().get(), 9_007_199_254_740_991);
        for bad in ["", "0", "03", "+3", "-3", "3.0", "3e0", " 3", "9007199254740992", "99999999999999999999"]
        {
            assert_eq!(AccountId::parse(bad), Err(ValidationError::Id), "{bad}");
        }
    }

    #[test]
    fn same_text_as_code_and_as_name_makes_two_accounts() {
        let tenant = TenantName::parse("zegoal").unwrap();
        let by_code = AccountReference::new(None, AccountCode::parse("ACME").ok(), None).unwrap();
        let by_name = AccountReference::new(None, None, AccountName::parse("ACME").ok()).unwrap();
        assert_ne!(by_code.new_account(&tenant).unwrap().id, by_name.new_account(&tenant).unwrap().id);
    }

    #[test]
    fn code_decides_the_id_whatever_the_name() {
        let tenant = TenantName::parse("zegoal").unwrap();
        let code = AccountCode::parse("ACME");
        let alone = AccountReference::new(None, code.clone().ok(), None).unwrap();
        let named = AccountReference::new(None, code.ok(), AccountName::parse("Acme").ok()).unwrap();
        assert_eq!(alone.new_account(&tenant).unwrap().id, named.new_account(&tenant).unwrap().id);
    }

    #[test]
    fn reference_by_id_makes_no_account() {
        let tenant = TenantName::parse("zegoal").unwrap();
        let by_id =
            AccountReference::new(AccountId::parse("3").ok(), AccountCode::parse("A").ok(), None).unwrap();
        assert_eq!(by_id.new_account(&tenant), None);
    }
}
