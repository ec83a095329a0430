//! Whether there is an order in which everything that happened to a contact can have happened: each event
//! at one moment between its begin and its end. The search is Wing and Gong's, with Lowe's memory of
//! where it has been ("Testing for linearizability", 2017).
//!
//! Beside events that did happen there are those that may have: a write whose answer nobody heard. They
//! happened in their time, or never.

use std::collections::HashSet;

use crate::model::{Contact, Event};

/// An event, with the moments that it lies between.
#[derive(Debug, Clone)]
pub(crate) struct Spanned {
    pub(crate) event: Event,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    /// Whether it happened for certain.
    pub(crate) is_certain: bool,
}

/// How many events of one contact can be told apart here.
pub(crate) const MOST_EVENTS: usize = 128;

/// Whether an order explains these events of a contact that wasn't there at first.
///
/// # Panics
///
/// If there are more than [`MOST_EVENTS`].
pub(crate) fn is_explained(events: &[Spanned]) -> bool {
    assert!(events.len() <= MOST_EVENTS, "{} events of one contact", events.len());
    Search { events, been: HashSet::new() }.explain(0, 0, None)
}

struct Search<'e> {
    events: &'e [Spanned],
    /// Which events had happened, and what the contact was then.
    been: HashSet<(u128, Option<Contact>)>,
}

impl Search<'_> {
    /// Whether the rest can follow upon the events in `done`, of which the latest began at `latest`.
    fn explain(&mut self, done: u128, latest: u64, contact: Option<&Contact>) -> bool {
        let open = || self.events.iter().enumerate().filter(|(place, _)| done & (1 << place) == 0);
        // No event may come next that began after one that certainly happened had ended.
        let Some(first_end) = open().filter(|(_, one)| one.is_certain).map(|(_, one)| one.ended).min() else {
            return true;
        };
        if !self.been.insert((done, contact.cloned())) {
            return false;
        }
        let next: Vec<_> = open()
            .filter(|(_, one)| one.begun <= first_end && one.ended >= latest)
            .filter_map(|(place, one)| Some((place, one.begun, one.event.apply(contact).ok()?)))
            .collect();
        next.into_iter()
            .any(|(place, begun, after)| self.explain(done | (1 << place), latest.max(begun), after.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        answer::{Shown, Word},
        model::Item,
        request::Fields,
    };

    const ACCOUNT: u64 = 1;

    fn contact(name: &str) -> Contact {
        Contact {
            account: ACCOUNT,
            name: name.to_owned(),
            number: "1".to_owned(),
            kind: "main_contact".to_owned(),
            email: None,
            description: None,
            created_unheard_by: None,
        }
    }

    fn items(name: &str) -> Vec<Item> {
        let fields =
            Fields { name: Some(name.to_owned()), number: Some("1".to_owned()), ..Fields::default() };
        vec![Item { must_exist: false, account: Some(ACCOUNT), fields }]
    }

    fn upserted(name: &str, word: Word) -> Event {
        Event::Upserted(1, items(name), vec![(word, Some(ACCOUNT))])
    }

    fn deleted(name: &str) -> Event {
        let shown = Shown {
            contact_type: "main_contact".to_owned(),
            contact_name: name.to_owned(),
            contact_mobile_num: "1".to_owned(),
            contact_id: 1,
            contact_email: None,
            contact_desc: None,
            link_id: String::new(),
        };
        Event::Deleted(ACCOUNT, shown)
    }

    fn heard((begun, ended): (u64, u64), event: Event) -> Spanned {
        Spanned { event, begun, ended, is_certain: true }
    }

    fn unheard((begun, ended): (u64, u64), event: Event) -> Spanned {
        Spanned { event, begun, ended, is_certain: false }
    }

    fn at_the_end(name: Option<&str>) -> Spanned {
        heard((100, 100), Event::Is(name.map(contact)))
    }

    #[test]
    fn of_two_creates_at_once_one_is_an_update() {
        let first = heard((1, 4), upserted("first", Word::Created));
        let second = heard((2, 3), upserted("second", Word::Updated));
        assert!(is_explained(&[first.clone(), second.clone(), at_the_end(Some("second"))]));
        assert!(!is_explained(&[first.clone(), second, at_the_end(Some("first"))]));
        let second = heard((2, 3), upserted("second", Word::Created));
        assert!(!is_explained(&[first, second, at_the_end(Some("second"))]));
    }

    #[test]
    fn an_update_needs_a_contact_that_somebody_created() {
        let updated = heard((3, 4), upserted("new", Word::Updated));
        assert!(!is_explained(&[updated.clone(), at_the_end(Some("new"))]));
        let unheard = unheard((1, 2), Event::UpsertedUnheard(2, items("old")));
        assert!(is_explained(&[updated, unheard, at_the_end(Some("new"))]));
    }

    #[test]
    fn who_created_a_contact_without_hearing_of_it_must_not_take_it_for_an_others() {
        let first_time = unheard((2, 3), Event::UpsertedUnheard(1, items("new")));
        let updated = heard((1, 4), upserted("new", Word::Updated));
        assert!(!is_explained(&[first_time.clone(), updated, at_the_end(Some("new"))]));
        let created = heard((1, 9), upserted("new", Word::Created));
        assert!(is_explained(&[first_time.clone(), created.clone(), at_the_end(Some("new"))]));
        let gone = heard((4, 5), deleted("new"));
        assert!(!is_explained(&[created.clone(), gone.clone(), at_the_end(Some("new"))]));
        assert!(is_explained(&[first_time, created, gone, at_the_end(Some("new"))]));
    }

    #[test]
    fn an_acknowledged_write_is_not_lost() {
        let created = heard((1, 2), upserted("first", Word::Created));
        let updated = heard((3, 4), upserted("second", Word::Updated));
        assert!(!is_explained(&[created.clone(), updated.clone(), at_the_end(Some("first"))]));
        assert!(!is_explained(&[created.clone(), updated.clone(), at_the_end(None)]));
        assert!(is_explained(&[created, updated, at_the_end(Some("second"))]));
    }

    #[test]
    fn what_nobody_sent_is_not_explained() {
        let created = heard((1, 2), upserted("sent", Word::Created));
        assert!(!is_explained(&[created, at_the_end(Some("not sent"))]));
        assert!(!is_explained(&[at_the_end(Some("not sent"))]));
    }

    #[test]
    fn a_delete_shows_the_contact_as_it_was() {
        let created = heard((1, 2), upserted("first", Word::Created));
        let changed = heard((3, 6), upserted("second", Word::Updated));
        let delete = |name| heard((4, 5), deleted(name));
        assert!(is_explained(&[created.clone(), changed.clone(), delete("second"), at_the_end(None)]));
        assert!(!is_explained(&[created, changed, delete("first"), at_the_end(None)]));
    }

    #[test]
    fn a_write_that_nobody_heard_of_happens_in_its_time_or_never() {
        let created = heard((1, 2), upserted("first", Word::Created));
        let again = heard((5, 6), upserted("second", Word::Updated));
        let gone = unheard((3, 4), Event::DeletedUnheard(ACCOUNT));
        assert!(is_explained(&[created.clone(), gone.clone(), again.clone(), at_the_end(Some("second"))]));
        assert!(is_explained(&[created.clone(), gone.clone(), at_the_end(None)]));
        let too_early = unheard((0, 0), Event::DeletedUnheard(ACCOUNT));
        assert!(!is_explained(&[created.clone(), too_early, at_the_end(None)]));
        let created_again = heard((5, 6), upserted("second", Word::Created));
        assert!(is_explained(&[created.clone(), gone, created_again.clone(), at_the_end(Some("second"))]));
        let too_late = unheard((7, 8), Event::DeletedUnheard(ACCOUNT));
        assert!(!is_explained(&[created, too_late, created_again, at_the_end(None)]));
    }

    #[test]
    fn a_contact_that_is_there_is_not_missing() {
        let created = heard((1, 2), upserted("first", Word::Created));
        assert!(!is_explained(&[created.clone(), heard((3, 4), Event::NotOnAccount(ACCOUNT))]));
        assert!(is_explained(&[created.clone(), heard((3, 4), Event::NotOnAccount(ACCOUNT + 1))]));
        assert!(is_explained(&[created, heard((0, 4), Event::NotOnAccount(ACCOUNT))]));
    }
}
