//! Which rows depend on each other by their accounts. Whether a code and a name become one account or two
//! depends on which row the service sees first: one with both, or one with either.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::import::read::AccountKeys;

/// The maximum number of codes and names that are remembered: about 4 MB.
const CAPACITY: usize = 200_000;

/// How a row depends on earlier rows by its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dependency {
    /// Not at all: earlier rows give the same account by the same keys, or other accounts.
    None,
    /// An earlier row gives the same account by other keys.
    OtherReference,
    /// There are too many accounts to know. Once all earlier rows have been sent, there is no dependency.
    Unknown,
}

/// The accounts of earlier rows.
#[derive(Debug, Default)]
pub(super) struct AccountOrder {
    /// For each code and name: a hash of the keys that were given with it.
    references: HashMap<(Kind, u64), u64>,
    has_id: bool,
    has_no_id: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Code,
    Name,
}

impl AccountOrder {
    /// Adds the account of the next row.
    pub(super) fn add(&mut self, account: AccountKeys) -> Dependency {
        if account == AccountKeys::default() {
            return Dependency::None;
        }
        self.has_id |= account.id.is_some();
        self.has_no_id |= account.id.is_none();
        if self.has_id && self.has_no_id {
            // A code or name may lead to any id.
            return Dependency::OtherReference;
        }
        let is_full = self.references.len() + 2 > CAPACITY;
        if is_full {
            self.references.clear();
        }
        let mut hasher = DefaultHasher::new();
        account.hash(&mut hasher);
        let reference = hasher.finish();
        let keys = [(Kind::Code, account.code), (Kind::Name, account.name)];
        let keys = keys.into_iter().filter_map(|(kind, key)| Some((kind, key?)));
        let is_known = |key| *self.references.entry(key).or_insert(reference) == reference;
        match keys.map(is_known).fold(true, |all, known| all & known) {
            false => Dependency::OtherReference,
            true if is_full => Dependency::Unknown,
            true => Dependency::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: Option<u64>, code: Option<u64>, name: Option<u64>) -> AccountKeys {
        AccountKeys { id, code, name }
    }

    #[test]
    fn the_same_keys_are_no_dependency() {
        let mut order = AccountOrder::default();
        for account in 0..1_000 {
            let both = keys(None, Some(account % 10), Some(account % 10));
            assert_eq!(order.add(both), Dependency::None);
        }
        assert_eq!(order.add(AccountKeys::default()), Dependency::None);
    }

    #[test]
    fn other_keys_of_an_account_are_a_dependency() {
        let both = keys(None, Some(1), Some(2));
        for other in [
            keys(None, Some(1), None),
            keys(None, None, Some(2)),
            keys(None, Some(1), Some(3)),
            keys(Some(5), None, None),
        ] {
            for [first, second] in [[both, other], [other, both]] {
                let mut order = AccountOrder::default();
                assert_eq!(order.add(first), Dependency::None);
                assert_eq!(order.add(second), Dependency::OtherReference, "{second:?}");
            }
        }
    }

    #[test]
    fn more_accounts_than_fit_wait_for_earlier_rows() {
        let mut order = AccountOrder::default();
        let accounts = 0..CAPACITY as u64 + 10;
        let waits = accounts.filter(|code| order.add(keys(None, Some(*code), None)) == Dependency::Unknown);
        assert_eq!(waits.count(), 1);
    }
}
