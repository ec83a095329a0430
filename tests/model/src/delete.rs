//! What a delete answers, given where its contacts are (contract: "Delete", the table of results).

/// Where a contact is, as seen from the account of a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// On the account.
    OnAccount,
    /// On another account of the tenant.
    OnOtherAccount,
    /// Nowhere in the tenant.
    Missing,
}

/// A row of the contract's table: `text`, `code` and `status` of a delete's result, and the HTTP status.
#[derive(Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// `text`.
    pub text: &'static str,
    /// `code`.
    pub code: u8,
    /// `status`.
    pub status: &'static str,
    /// The HTTP status.
    pub http_status: u16,
}

/// All contacts are deleted.
pub const SUCCESS: u8 = 0;
/// The request is invalid, or its account is unknown.
pub const VALIDATION_FAILED: u8 = 1;
/// The request names no contacts.
pub const NO_CONTACTS: u8 = 2;
/// Some contacts are on the account and all the others on other accounts.
pub const TOO_MANY_CONTACTS: u8 = 3;
/// No contact is on the account.
pub const NOT_FOUND: u8 = 4;
/// Some contacts are on the account, and at least one of the others exists nowhere.
pub const NOT_ALL_FOUND: u8 = 5;

/// The contract's table, by code. The odd spelling is the contract's.
pub const RESULT_ROWS: [ResultRow; 6] = [
    ResultRow { text: "success", code: SUCCESS, status: "ok", http_status: 200 },
    ResultRow { text: "validation failed", code: VALIDATION_FAILED, status: "error", http_status: 400 },
    ResultRow { text: "no contacts in the request", code: NO_CONTACTS, status: "error", http_status: 400 },
    ResultRow {
        text: "to many contacts in the request",
        code: TOO_MANY_CONTACTS,
        status: "error",
        http_status: 400,
    },
    ResultRow { text: "contacts not found", code: NOT_FOUND, status: "error", http_status: 404 },
    ResultRow { text: "not all contacts found", code: NOT_ALL_FOUND, status: "error", http_status: 404 },
];

/// The code of a delete of these contacts. All or nothing: only [`SUCCESS`] deletes any.
#[must_use]
pub fn code_of(contacts: &[Presence]) -> u8 {
    let count = |presence| contacts.iter().filter(|one| **one == presence).count();
    match (count(Presence::OnAccount), count(Presence::Missing)) {
        (found, _) if found == contacts.len() => SUCCESS,
        (0, _) => NOT_FOUND,
        (_, 0) => TOO_MANY_CONTACTS,
        _ => NOT_ALL_FOUND,
    }
}

#[cfg(test)]
mod tests {
    use super::{Presence::*, *};

    #[test]
    fn code_follows_from_where_the_contacts_are() {
        for (contacts, code) in [
            (&[OnAccount, OnAccount][..], SUCCESS),
            (&[OnOtherAccount, Missing], NOT_FOUND),
            (&[OnAccount, OnOtherAccount], TOO_MANY_CONTACTS),
            (&[OnAccount, OnOtherAccount, Missing], NOT_ALL_FOUND),
        ] {
            assert_eq!(code_of(contacts), code, "{contacts:?}");
        }
    }
}
