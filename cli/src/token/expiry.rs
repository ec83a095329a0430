//! The expiry of a token, as `--expires` gives it and as it is printed.

use contacts_core::domain::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned, civil::Date};

use crate::error::CliError;

/// When a token expires.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expiry {
    /// That long after now.
    After(Span),
    /// At the end of that day in the tenant's time zone.
    EndOfDay(Date),
    /// At that time.
    At(Timestamp),
}

impl Expiry {
    /// Parses a duration, a date, or a time with its UTC offset.
    pub(crate) fn parse(raw: &str) -> Result<Self, &'static str> {
        let at = || raw.parse().map(Self::At);
        // `Date`'s own parser would accept a time and drop all but its date.
        let end_of_day = || Date::strptime("%Y-%m-%d", raw).map(Self::EndOfDay);
        let after = || raw.parse().map(Self::After);
        at().or_else(|_| end_of_day()).or_else(|_: jiff::Error| after()).map_err(
            |_| "must be a duration like `90d`, a day like `2027-01-31` or a time like `2027-01-31T12:00:00Z`",
        )
    }

    /// Returns the time at which a token of a tenant in that time zone expires. Fails unless it is in the future.
    pub(crate) fn timestamp_in(self, time_zone: &TimeZone) -> Result<Timestamp, CliError> {
        let now = Timestamp::now();
        let timestamp = self
            .timestamp_from(&now.to_zoned(time_zone.rules().clone()))
            .map_err(|error| CliError::usage("--expires is out of range").caused_by(error))?;
        if timestamp <= now {
            let past = in_time_zone(timestamp, time_zone);
            return Err(CliError::usage(format!("--expires must be in the future, and {past} is not")));
        }
        Ok(timestamp)
    }

    fn timestamp_from(self, now: &Zoned) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::After(span) => Ok(now.checked_add(span)?.timestamp()),
            Self::EndOfDay(day) => {
                Ok(day.checked_add(1.day())?.to_zoned(now.time_zone().clone())?.timestamp())
            }
            Self::At(timestamp) => Ok(timestamp),
        }
    }
}

/// Formats a time for the operator, such as `2027-01-31 12:00:00 +02:00 (Europe/Kiev)`.
pub(super) fn in_time_zone(timestamp: Timestamp, time_zone: &TimeZone) -> String {
    let local = timestamp.to_zoned(time_zone.rules().clone());
    format!("{} ({})", local.strftime("%Y-%m-%d %H:%M:%S %:z"), time_zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_printed_with_its_offset_and_time_zone() {
        for (zone, expected) in [
            ("Europe/Kiev", "2027-07-01 02:30:00 +03:00 (Europe/Kiev)"),
            ("America/St_Johns", "2027-06-30 21:00:00 -02:30 (America/St_Johns)"),
            ("UTC", "2027-06-30 23:30:00 +00:00 (UTC)"),
        ] {
            let zone = TimeZone::parse(zone).unwrap();
            assert_eq!(in_time_zone("2027-06-30T23:30:00.9Z".parse().unwrap(), &zone), expected);
        }
    }

    fn parsed_at(raw: &str, now: &str) -> String {
        Expiry::parse(raw).unwrap().timestamp_from(&now.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_duration_is_added_in_the_tenants_time_zone() {
        let now = "2026-10-24T12:00:00[Europe/Kiev]";
        assert_eq!(parsed_at("12h", now), "2026-10-24T21:00:00Z");
        assert_eq!(parsed_at("90d", now), "2027-01-22T10:00:00Z");
        assert_eq!(parsed_at("1 year", now), "2027-10-24T09:00:00Z");
        // Daylight saving time ends between the two: that day has 25 hours.
        assert_eq!(parsed_at("1d", now), "2026-10-25T10:00:00Z");
    }

    #[test]
    fn a_day_ends_in_the_tenants_time_zone() {
        assert_eq!(parsed_at("2027-01-31", "2026-11-01T00:00:00[Europe/Kiev]"), "2027-01-31T22:00:00Z");
        assert_eq!(parsed_at("2027-01-31", "2026-11-01T00:00:00[UTC]"), "2027-02-01T00:00:00Z");
    }

    #[test]
    fn a_time_with_an_offset_is_taken_unchanged() {
        assert_eq!(
            parsed_at("2027-01-31T12:00:00+02:00", "2026-11-01T00:00:00[Europe/Kiev]"),
            "2027-01-31T10:00:00Z"
        );
    }

    #[test]
    fn invalid_expiries_are_rejected() {
        for bad in ["", "soon", "90", "2027-01-32", "2027-01-31T12:00:00", "31.01.2027"] {
            assert!(Expiry::parse(bad).is_err(), "{bad}");
        }
    }
}
