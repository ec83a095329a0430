//! Assignment of rows to workers. Workers send concurrently, and each worker sends its own rows in order; so
//! all rows of a contact go to the same worker.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::import::read::ContactKey;

/// The worker that a row goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assignment {
    /// The worker with this index.
    Worker(usize),
    /// The worker with index 0, like all later rows, once all earlier rows have been sent.
    SwitchToSingleWorker,
}

/// Assigns rows to workers by their contact keys.
#[derive(Debug)]
pub(super) struct WorkerAssigner {
    workers: usize,
    has_possibly_derived: bool,
    has_name_and_number: bool,
}

impl WorkerAssigner {
    pub(super) fn new(workers: usize) -> Self {
        Self { workers, has_possibly_derived: false, has_name_and_number: false }
    }

    /// Assigns the next row of the file.
    pub(super) fn assign(&mut self, key: ContactKey) -> Assignment {
        let was_single = self.needs_single_worker();
        match key {
            ContactKey::PossiblyDerived(_) => self.has_possibly_derived = true,
            ContactKey::NameAndNumber(_) => self.has_name_and_number = true,
            ContactKey::CallerChosen(_) | ContactKey::Invalid => {}
        }
        if was_single {
            return Assignment::Worker(0);
        }
        if self.needs_single_worker() {
            return Assignment::SwitchToSingleWorker;
        }
        Assignment::Worker(match key {
            ContactKey::CallerChosen(id) | ContactKey::PossiblyDerived(id) => self.worker_of(id.get()),
            ContactKey::NameAndNumber(hash) => self.worker_of(hash),
            ContactKey::Invalid => 0,
        })
    }

    /// Whether a row with each of the two keys may identify the same contact. That depends on the account's
    /// id, which only the service knows.
    fn needs_single_worker(&self) -> bool {
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

    fn id(number: u64) -> ContactId {
        ContactId::parse(&(number + 1).to_string()).unwrap()
    }

    #[test]
    fn rows_are_distributed_evenly() {
        let mut assigner = WorkerAssigner::new(4);
        let mut rows = [0; 4];
        for number in 0..10_000 {
            match assigner.assign(ContactKey::CallerChosen(id(number))) {
                Assignment::Worker(worker) => rows[worker] += 1,
                Assignment::SwitchToSingleWorker => panic!("all ids were chosen by the caller"),
            }
        }
        assert!(rows.iter().all(|count| (2_300..2_700).contains(count)), "{rows:?}");
    }

    /// Contacts, each with the key of a row that identifies it.
    fn rows() -> impl Strategy<Value = Vec<(u64, ContactKey)>> {
        let row = (0_u64..6, 0..4).prop_map(|(contact, key)| match key {
            // Odd contacts have ids that callers chose, even ones have ids that the service derived.
            _ if contact % 2 == 1 => (contact, ContactKey::CallerChosen(id(contact))),
            0 | 1 => (contact, ContactKey::PossiblyDerived(id(contact))),
            2 => (contact, ContactKey::NameAndNumber(contact)),
            _ => (contact + 100, ContactKey::Invalid),
        });
        prop::collection::vec(row, 0..40)
    }

    proptest! {
        #[test]
        fn rows_of_a_contact_stay_in_order(rows in rows(), workers in 1_usize..6) {
            let mut assigner = WorkerAssigner::new(workers);
            let mut since_switch: Vec<(u64, usize)> = Vec::new();
            for (contact, key) in rows {
                let worker = match assigner.assign(key) {
                    Assignment::Worker(worker) => worker,
                    Assignment::SwitchToSingleWorker => {
                        since_switch.clear();
                        0
                    }
                };
                prop_assert!(worker < workers);
                prop_assert!(since_switch.iter().all(|(other, on)| *other != contact || *on == worker));
                since_switch.push((contact, worker));
            }
        }
    }
}
