//! A tenant: one customer system, and what it has set for itself.

use std::fmt;

use super::rule::{self, Rule};

/// A tenant's name, a slug: `^[a-z0-9][a-z0-9-]{0,62}$`. It is the first part of every key in the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantName(String);

impl TenantName {
    /// Reads a tenant's name; fails with [`Rule::TenantName`].
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=63).contains(&raw.len()) && !raw.starts_with('-') && raw.bytes().all(allowed) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Rule::TenantName)
        }
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A time zone by its IANA name. The name stays as it was given: `Europe/Kiev` is not renamed to `Kyiv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    name: String,
    rules: jiff::tz::TimeZone,
}

impl TimeZone {
    /// Finds a time zone in the database that is part of the program; fails with [`Rule::TimeZone`].
    pub fn parse(name: &str) -> Result<Self, Rule> {
        let rules = jiff::tz::TimeZone::get(name).map_err(|_| Rule::TimeZone)?;
        Ok(Self { name: name.to_owned(), rules })
    }

    /// The zone of a clock that is nobody's.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: jiff::tz::TimeZone::UTC }
    }

    /// The name it was given by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a clock on a wall of this zone shows now, as `YYYY-MM-DD HH:MM:SS` (contract: `processing_date`).
    #[must_use]
    pub fn wall_clock(&self) -> String {
        jiff::Timestamp::now().to_zoned(self.rules.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// The words that a tenant uses as `contact_type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTypes(Vec<String>);

impl ContactTypes {
    /// What a contact is when nobody says what it is (contract: "default `main_contact`").
    pub const DEFAULT_WORD: &str = "main_contact";

    /// Reads a dictionary; it must hold [`Self::DEFAULT_WORD`], and a word is 1 to 64 characters.
    pub fn parse(words: &[String]) -> Result<Self, Rule> {
        let words = words.iter().map(|word| rule::trimmed(word, 64)).collect::<Result<Vec<_>, _>>()?;
        if words.iter().any(|word| word == Self::DEFAULT_WORD) {
            Ok(Self(words))
        } else {
            Err(Rule::DefaultContactType)
        }
    }

    /// The words, in the order they were given.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl Default for ContactTypes {
    fn default() -> Self {
        Self([Self::DEFAULT_WORD, "tech_spec", "manager"].map(str::to_owned).to_vec())
    }
}

/// A tenant with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// What it is called by.
    pub name: TenantName,
    /// Where its clock stands.
    pub time_zone: TimeZone,
    /// Which contact types it knows.
    pub contact_types: ContactTypes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_name_is_a_slug_of_1_to_63_characters() {
        for good in ["z", "0", "zegoal", "a-b-", &"x".repeat(63)] {
            assert_eq!(TenantName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "Zegoal", "a_b", "a#b", "тенант", "a b", &"x".repeat(64)] {
            assert_eq!(TenantName::parse(bad), Err(Rule::TenantName), "{bad}");
        }
    }

    #[test]
    fn a_time_zone_keeps_the_name_it_was_given_by() {
        assert_eq!(TimeZone::parse("Europe/Kiev").unwrap().name(), "Europe/Kiev");
        assert_eq!(TimeZone::parse("Europe/Atlantis"), Err(Rule::TimeZone));
    }

    #[test]
    fn a_dictionary_holds_the_default_type() {
        assert!(ContactTypes::parse(&["main_contact".into(), "boss".into()]).is_ok());
        assert_eq!(ContactTypes::parse(&["boss".into()]), Err(Rule::DefaultContactType));
    }
}
