//! Assignment of rows to workers. Workers send concurrently, and each worker sends its own rows in order. So
//! rows that depend on each other go to the same worker, or the later one waits for the earlier one.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::account_order::{AccountOrder, Dependency};
use crate::import::read::{AccountKeys, ContactKey, RowKeys};

/// Which worker a row goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The index of the worker.
    pub(super) worker: usize,
    /// Whether all earlier rows have to be sent first.
    pub(super) waits: bool,
}

/// Assigns rows to workers by what they depend on.
#[derive(Debug)]
pub(super) struct WorkerAssigner {
    workers: usize,
    /// The account of rows that give none.
    default_account: AccountKeys,
    has_possibly_derived: bool,
    has_name_and_number: bool,
    accounts: AccountOrder,
    /// Whether all further rows go to worker 0, because their dependencies are not known well enough.
    is_single: bool,
}

impl WorkerAssigner {
    pub(super) fn new(workers: usize, default_account: AccountKeys) -> Self {
        Self {
            workers,
            default_account,
            has_possibly_derived: false,
            has_name_and_number: false,
            accounts: AccountOrder::default(),
            is_single: false,
        }
    }

    /// Assigns the next row of the file.
    pub(super) fn assign(&mut self, keys: RowKeys) -> Assignment {
        if self.is_single {
            return Assignment { worker: 0, waits: false };
        }
        let dependency = self.accounts.add(keys.account.or(self.default_account));
        if self.may_be_an_earlier_contact(keys.contact) || dependency == Dependency::OtherReference {
            self.is_single = true;
            return Assignment { worker: 0, waits: true };
        }
        let worker = match keys.contact {
            ContactKey::CallerChosen(id) | ContactKey::PossiblyDerived(id) => self.worker_of(id.get()),
            ContactKey::NameAndNumber(hash) => self.worker_of(hash),
            ContactKey::Invalid => 0,
        };
        Assignment { worker, waits: dependency == Dependency::Unknown }
    }

    /// Whether the row may identify the same contact as an earlier row with another key: one has an id that
    /// the service may have derived, the other name and number. That depends on the account's id, which only
    /// the service knows.
    fn may_be_an_earlier_contact(&mut self, contact: ContactKey) -> bool {
        match contact {
            ContactKey::PossiblyDerived(_) => self.has_possibly_derived = true,
            ContactKey::NameAndNumber(_) => self.has_name_and_number = true,
            ContactKey::CallerChosen(_) | ContactKey::Invalid => {}
        }
        self.has_possibly_derived && self.has_name_and_number
    }

    fn worker_of(&self, number: u64) -> usize {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        usize::try_from(hasher.finish() % self.workers as u64).expect("less than a usize")
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::domain::ContactId;
    use proptest::prelude::*;

    use super::*;

    const ACME: AccountKeys = AccountKeys { id: None, code: Some(1), name: None };

    fn id(number: u64) -> ContactId {
        ContactId::parse(&(number + 1).to_string()).unwrap()
    }

    fn row(contact: ContactKey, account: AccountKeys) -> RowKeys {
        RowKeys { contact, account }
    }

    #[test]
    fn rows_are_distributed_evenly() {
        let mut assigner = WorkerAssigner::new(4, ACME);
        let mut rows = [0; 4];
        for number in 0..10_000 {
            let keys = row(ContactKey::CallerChosen(id(number)), AccountKeys::default());
            let assignment = assigner.assign(keys);
            assert!(!assignment.waits);
            rows[assignment.worker] += 1;
        }
        assert!(rows.iter().all(|count| (2_300..2_700).contains(count)), "{rows:?}");
    }

    #[test]
    fn a_row_without_an_account_is_of_the_default_account() {
        let mut assigner = WorkerAssigner::new(4, ACME);
        let both = AccountKeys { name: Some(2), ..ACME };
        assert!(!assigner.assign(row(ContactKey::Invalid, AccountKeys::default())).waits);
        assert!(assigner.assign(row(ContactKey::Invalid, both)).waits);
    }

    /// Contacts, each with the keys of a row that identifies it.
    fn rows() -> impl Strategy<Value = Vec<(u64, RowKeys)>> {
        let contact = (0_u64..6, 0..4).prop_map(|(contact, key)| match key {
            // Odd contacts have ids that callers chose, even ones have ids that the service derived.
            _ if contact % 2 == 1 => (contact, ContactKey::CallerChosen(id(contact))),
            0 | 1 => (contact, ContactKey::PossiblyDerived(id(contact))),
            2 => (contact, ContactKey::NameAndNumber(contact)),
            _ => (contact + 100, ContactKey::Invalid),
        });
        let account = (0_u64..3, 0..12).prop_map(|(account, shape)| AccountKeys {
            id: None,
            code: (shape != 1).then_some(account),
            name: (shape < 2).then_some(account),
        });
        prop::collection::vec(
            (contact, account).prop_map(|((contact, key), account)| (contact, row(key, account))),
            0..40,
        )
    }

    proptest! {
        #[test]
        fn rows_that_depend_on_each_other_stay_in_order(rows in rows(), workers in 1_usize..6) {
            let mut assigner = WorkerAssigner::new(workers, AccountKeys::default());
            let mut since_wait: Vec<(u64, AccountKeys, usize)> = Vec::new();
            for (contact, keys) in rows {
                let Assignment { worker, waits } = assigner.assign(keys);
                prop_assert!(worker < workers);
                if waits {
                    since_wait.clear();
                }
                let account = keys.account;
                for (other_contact, other, other_worker) in &since_wait {
                    let is_same_account = (account.code.is_some() && account.code == other.code)
                        || (account.name.is_some() && account.name == other.name);
                    let depends = contact == *other_contact || (is_same_account && account != *other);
                    prop_assert!(!depends || worker == *other_worker);
                }
                since_wait.push((contact, account, worker));
            }
        }
    }
}
