//! Until when a token is to be good, as an operator says it.

use contacts::domain::Tenant;
use jiff::{Span, Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};

use crate::failure::Failure;

/// Until when.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expiry {
    /// After this time.
    After(Span),
    /// To the end of this day, on the tenant's clock.
    Day(Date),
    /// To this moment.
    Moment(Timestamp),
}

impl Expiry {
    /// Reads a span of time, a date, or a moment with its offset.
    pub(crate) fn parse(raw: &str) -> Result<Self, &'static str> {
        let moment = || raw.parse().map(Self::Moment);
        // A date would also be read off the front of a moment.
        let day = || Date::strptime("%Y-%m-%d", raw).map(Self::Day);
        let after = || raw.parse().map(Self::After);
        moment().or_else(|_| day()).or_else(|_: jiff::Error| after()).map_err(
            |_| "must be a time like `90d`, a day like `2027-01-31` or a moment like `2027-01-31T12:00:00Z`",
        )
    }

    /// The moment it comes to for this tenant, which must be to come.
    pub(crate) fn moment(self, tenant: &Tenant) -> Result<Timestamp, Failure> {
        let zone = tenant.time_zone.name();
        let zone = TimeZone::get(zone).map_err(|error| Failure::Other(error.to_string()))?;
        let now = Timestamp::now();
        let moment = self
            .at(&now.to_zoned(zone))
            .map_err(|error| Failure::Usage(format!("--expires is out of range: {error}")))?;
        if moment <= now {
            return Err(Failure::Usage(format!("--expires must be in the future, and {moment} is not")));
        }
        Ok(moment)
    }

    fn at(self, now: &Zoned) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::After(span) => Ok(now.checked_add(span)?.timestamp()),
            Self::Day(day) => Ok(day.checked_add(1.day())?.to_zoned(now.time_zone().clone())?.timestamp()),
            Self::Moment(moment) => Ok(moment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(raw: &str, now: &str) -> String {
        Expiry::parse(raw).unwrap().at(&now.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_time_counts_from_now_on_the_tenants_clock() {
        let now = "2026-10-24T12:00:00[Europe/Kiev]";
        assert_eq!(at("12h", now), "2026-10-24T21:00:00Z");
        assert_eq!(at("90d", now), "2027-01-22T10:00:00Z");
        assert_eq!(at("1 year", now), "2027-10-24T09:00:00Z");
        // The night between has 25 hours there.
        assert_eq!(at("1d", now), "2026-10-25T10:00:00Z");
    }

    #[test]
    fn a_day_ends_on_the_tenants_clock() {
        assert_eq!(at("2027-01-31", "2026-11-01T00:00:00[Europe/Kiev]"), "2027-01-31T22:00:00Z");
        assert_eq!(at("2027-01-31", "2026-11-01T00:00:00[UTC]"), "2027-02-01T00:00:00Z");
    }

    #[test]
    fn a_moment_is_itself() {
        assert_eq!(
            at("2027-01-31T12:00:00+02:00", "2026-11-01T00:00:00[Europe/Kiev]"),
            "2027-01-31T10:00:00Z"
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in ["", "soon", "90", "2027-01-32", "2027-01-31T12:00:00", "31.01.2027"] {
            assert!(Expiry::parse(bad).is_err(), "{bad}");
        }
    }
}
