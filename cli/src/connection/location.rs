//! Where the table is.

use std::fmt;

/// Name of the local stack's table.
pub(super) const LOCAL_TABLE: &str = "contacts";

/// Where the table is, as messages name it.
pub(super) enum Location {
    Aws { table: String, region: String },
    Local { url: String },
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws { table, region } => write!(f, "the table `{table}` in {region}"),
            Self::Local { url } => write!(f, "the table `{LOCAL_TABLE}` at {url}"),
        }
    }
}
