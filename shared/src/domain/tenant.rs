//! A tenant: one customer of the service, with its settings.

use std::fmt;

use super::validation::{self, ValidationError};

/// A tenant's name, a slug: `^[a-z0-9][a-z0-9-]{0,62}$`. It is the first part of every key in the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantName(String);

impl TenantName {
    /// Reads a tenant's name; fails with [`ValidationError::TenantName`].
    pub fn parse(raw: &str) -> Result<Self, ValidationError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=63).contains(&raw.len()) && !raw.starts_with('-') && raw.bytes().all(allowed) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(ValidationError::TenantName)
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

/// A time zone, with its IANA name in the database's spelling. A link is kept: `Europe/Kiev` is not renamed to
/// `Europe/Kyiv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    name: String,
    rules: jiff::tz::TimeZone,
}

impl TimeZone {
    /// Finds a time zone in the database that is compiled in, by its name in upper or lower case. Fails with
    /// [`ValidationError::TimeZone`], also for the placeholders `Factory` and `Etc/Unknown`.
    pub fn parse(name: &str) -> Result<Self, ValidationError> {
        let zone = Self::from_stored(name)?;
        if zone.rules.is_unknown() || zone.name == "Factory" {
            return Err(ValidationError::TimeZone);
        }
        Ok(zone)
    }

    /// Finds the time zone of a stored tenant. Accepts placeholders too, so that a tenant that was stored with one
    /// stays readable.
    pub fn from_stored(name: &str) -> Result<Self, ValidationError> {
        let rules = jiff::tz::TimeZone::get(name).map_err(|_| ValidationError::TimeZone)?;
        let name = rules.iana_name().unwrap_or(name).to_owned();
        Ok(Self { name, rules })
    }

    /// Coordinated Universal Time, for answers without a tenant.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: jiff::tz::TimeZone::UTC }
    }

    /// The IANA name, in the database's spelling.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules of the time zone: its UTC offset at any time.
    #[must_use]
    pub fn rules(&self) -> &jiff::tz::TimeZone {
        &self.rules
    }

    /// The current local time as `YYYY-MM-DD HH:MM:SS` (docs/api.md: `processing_date`).
    #[must_use]
    pub fn local_time(&self) -> String {
        jiff::Timestamp::now().to_zoned(self.rules.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// A tenant's dictionary: the words that are allowed as `contact_type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTypes(Vec<String>);

impl ContactTypes {
    /// The type of a contact for which none is given (docs/api.md, "Contact fields").
    pub const DEFAULT_WORD: &str = "main_contact";

    /// Reads a dictionary; it must hold [`Self::DEFAULT_WORD`], and a word is 1 to 64 characters.
    pub fn parse(words: &[String]) -> Result<Self, ValidationError> {
        let words = words.iter().map(|word| validation::trimmed(word, 64)).collect::<Result<Vec<_>, _>>()?;
        if words.iter().any(|word| word == Self::DEFAULT_WORD) {
            Ok(Self(words))
        } else {
            Err(ValidationError::DefaultContactType)
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
    /// The tenant's name.
    pub name: TenantName,
    /// The time zone of times in its answers.
    pub time_zone: TimeZone,
    /// The allowed contact types.
    pub contact_types: ContactTypes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_name_is_a_slug_of_1_to_63_characters() {
        for good in ["z", "0", "zegoal", "a-b-", &"x".repeat(63)] {
            assert_eq!(TenantName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "Zegoal", "a_b", "a#b", "тенант", "a b", &"x".repeat(64)] {
            assert_eq!(TenantName::parse(bad), Err(ValidationError::TenantName), "{bad}");
        }
    }

    #[test]
    fn time_zone_has_the_databases_spelling_of_its_name() {
        for (given, name) in [
            ("Europe/Kiev", "Europe/Kiev"),
            ("europe/kiev", "Europe/Kiev"),
            ("Europe/Kyiv", "Europe/Kyiv"),
            ("AMERICA/PORT-AU-PRINCE", "America/Port-au-Prince"),
            ("etc/utc", "Etc/UTC"),
            ("utc", "UTC"),
        ] {
            assert_eq!(TimeZone::parse(given).unwrap().name(), name);
            assert_eq!(TimeZone::from_stored(given).unwrap().name(), name);
        }
    }

    #[test]
    fn every_time_zone_of_the_database_keeps_its_name() {
        for name in jiff::tz::db().available().filter(|name| name.as_str() != "Factory") {
            assert_eq!(TimeZone::parse(name.as_str()).unwrap().name(), name.as_str());
        }
    }

    #[test]
    fn placeholders_and_unknown_names_are_no_time_zones() {
        for bad in ["Factory", "factory", "Etc/Unknown", "etc/unknown", "Europe/Atlantis", "+02:00", ""] {
            assert_eq!(TimeZone::parse(bad), Err(ValidationError::TimeZone), "{bad}");
        }
    }

    #[test]
    fn stored_placeholders_stay_readable() {
        for stored in ["Factory", "Etc/Unknown"] {
            let zone = TimeZone::from_stored(stored).unwrap();
            assert_eq!(zone.name(), stored);
            assert_eq!(zone.local_time().len(), "2026-01-31 23:59:59".len());
        }
        assert_eq!(TimeZone::from_stored("Europe/Atlantis"), Err(ValidationError::TimeZone));
    }

    #[test]
    fn dictionary_must_hold_the_default_type() {
        assert!(ContactTypes::parse(&["main_contact".into(), "boss".into()]).is_ok());
        assert_eq!(ContactTypes::parse(&["boss".into()]), Err(ValidationError::DefaultContactType));
    }

    #[test]
    fn local_time_is_the_time_of_the_zone() {
        let expected = |offset: i64| {
            let local = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(offset);
            local.strftime("%Y-%m-%d %H:").to_string()
        };
        for (zone, offset) in [("Etc/GMT-14", 14), ("UTC", 0), ("Etc/GMT+12", -12)] {
            let zone = TimeZone::parse(zone).unwrap();
            let (before, time, after) = (expected(offset), zone.local_time(), expected(offset));
            assert!(time.starts_with(&before) || time.starts_with(&after), "{time}");
            assert_eq!(time.len(), "2026-01-31 23:59:59".len());
        }
    }
}
