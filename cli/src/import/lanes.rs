//! Which rows may be under way at the same time. Calls run at once on several lanes, and each lane's run
//! one after the other; so rows of the same contact belong on the same lane.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::identity::Identity;

/// Where a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// On this lane.
    Lane(usize),
    /// On the first lane, as all rows from now on, once all rows before it are through.
    FirstOfOneLane,
}

/// Places rows on lanes.
#[derive(Debug)]
pub(super) struct Lanes {
    count: usize,
    /// Whether there were rows whose contact a [`Identity::Described`] row may mean too.
    perhaps_derived: bool,
    described: bool,
    one_lane: bool,
}

impl Lanes {
    pub(super) fn new(count: usize) -> Self {
        Self { count, perhaps_derived: false, described: false, one_lane: false }
    }

    /// The lane of a row that comes after all those that were placed before.
    pub(super) fn place(&mut self, identity: Identity) -> Placement {
        match identity {
            Identity::PerhapsDerived(_) => self.perhaps_derived = true,
            Identity::Described(_) => self.described = true,
            Identity::Own(_) | Identity::Nobody => {}
        }
        if self.one_lane {
            return Placement::Lane(0);
        }
        if self.perhaps_derived && self.described {
            // Whether two such rows mean the same contact depends on the account's id, which only the
            // service knows.
            self.one_lane = true;
            return Placement::FirstOfOneLane;
        }
        Placement::Lane(match identity {
            Identity::Own(id) | Identity::PerhapsDerived(id) => self.spread(id.get()),
            Identity::Described(hash) => self.spread(hash),
            Identity::Nobody => 0,
        })
    }

    fn spread(&self, number: u64) -> usize {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        // What is left is below `count`, which is a usize.
        usize::try_from(hasher.finish() % self.count as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use contacts::domain::ContactId;
    use proptest::prelude::*;

    use super::*;

    fn id(number: u64) -> ContactId {
        ContactId::parse(&(number + 1).to_string()).unwrap()
    }

    #[test]
    fn lanes_are_used_alike() {
        let mut lanes = Lanes::new(4);
        let mut rows = [0; 4];
        for number in 0..10_000 {
            match lanes.place(Identity::Own(id(number))) {
                Placement::Lane(lane) => rows[lane] += 1,
                Placement::FirstOfOneLane => panic!("no row was described"),
            }
        }
        assert!(rows.iter().all(|count| (2_300..2_700).contains(count)), "{rows:?}");
    }

    /// A contact, and a row that means it.
    fn rows() -> impl Strategy<Value = Vec<(u64, Identity)>> {
        let row = (0_u64..6, 0..4).prop_map(|(contact, kind)| match kind {
            // The even ones have ids that the service derived, the odd ones their callers' own.
            _ if contact % 2 == 1 => (contact, Identity::Own(id(contact))),
            0 | 1 => (contact, Identity::PerhapsDerived(id(contact))),
            2 => (contact, Identity::Described(contact)),
            _ => (contact + 100, Identity::Nobody),
        });
        prop::collection::vec(row, 0..40)
    }

    proptest! {
        #[test]
        fn rows_of_one_contact_are_on_one_lane_or_wait_for_each_other(rows in rows(), count in 1_usize..6) {
            let mut lanes = Lanes::new(count);
            let mut since_wait: Vec<(u64, usize)> = Vec::new();
            for (contact, identity) in rows {
                let lane = match lanes.place(identity) {
                    Placement::Lane(lane) => lane,
                    Placement::FirstOfOneLane => {
                        since_wait.clear();
                        0
                    }
                };
                prop_assert!(lane < count);
                prop_assert!(since_wait.iter().all(|(other, on)| *other != contact || *on == lane));
                since_wait.push((contact, lane));
            }
        }
    }
}
