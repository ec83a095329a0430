//! How requests name accounts, and which accounts there are.

use serde_json::{Value, json};

/// The params by which a request names an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AccountParams {
    Code(&'static str),
    Name(&'static str),
    CodeAndName(&'static str, &'static str),
}

/// The account that most contacts are on.
pub(crate) const ACME: AccountParams = AccountParams::Code("ACME");
const ACME_BY_BOTH: AccountParams = AccountParams::CodeAndName("ACME", "Acme Ltd");
const OTHER: AccountParams = AccountParams::Code("OTHER");
const LATE: AccountParams = AccountParams::Code("LATE");
const LATE_BY_NAME: AccountParams = AccountParams::Name("Late Ltd");
const LATE_BY_BOTH: AccountParams = AccountParams::CodeAndName("LATE", "Late Ltd");

/// The accounts to draw from, repeated by how often they are drawn.
pub(crate) const ACCOUNTS: [AccountParams; 12] =
    [ACME, ACME, ACME, ACME, ACME, ACME, ACME_BY_BOTH, ACME_BY_BOTH, OTHER, LATE, LATE_BY_NAME, LATE_BY_BOTH];

/// The accounts that get the same id from every request that creates them, repeated by how often they are drawn.
pub(crate) const ACCOUNTS_OF_ONE_ID: [AccountParams; 4] = [ACME, ACME, ACME_BY_BOTH, OTHER];

/// The codes and names of all accounts.
pub(crate) const ACCOUNT_TEXTS: [&str; 5] = ["ACME", "Acme Ltd", "OTHER", "LATE", "Late Ltd"];

/// The name and the number of contacts that items name without an id.
pub(crate) const BY_NAME_AND_NUMBER: [(&str, &str); 2] = [("Ann", "067_1"), ("Eve", "067_3")];

impl AccountParams {
    /// The code, where there is one.
    pub(crate) fn code(self) -> Option<&'static str> {
        match self {
            Self::Code(code) | Self::CodeAndName(code, _) => Some(code),
            Self::Name(_) => None,
        }
    }

    /// The name, where there is one.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Name(name) | Self::CodeAndName(_, name) => Some(name),
            Self::Code(_) => None,
        }
    }

    /// Writes the params into a JSON object.
    pub(super) fn write(self, object: &mut Value) {
        if let Some(code) = self.code() {
            object["account_code"] = json!(code);
        }
        if let Some(name) = self.name() {
            object["account_name"] = json!(name);
        }
    }
}
