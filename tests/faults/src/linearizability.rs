//! Whether there is an order of a contact's events that explains all of them: each event at one moment between
//! its start and its end. The search is Wing and Gong's, with Lowe's memory of visited states ("Testing for
//! linearizability", 2017).
//!
//! An event may be uncertain: a write whose answer was lost. It happened between its start and its end, or
//! never.

use std::collections::HashSet;

use crate::event::{Event, State};

/// An event, and the moments between which it happened.
#[derive(Debug, Clone)]
pub(crate) struct TimedEvent {
    pub(crate) event: Event,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) certainty: Certainty,
}

/// Whether an event happened at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Certain,
    Uncertain,
}

/// The most events that [`is_linearizable`] takes: one bit each of a `u128`.
pub(crate) const MAX_EVENTS: usize = 128;

/// Whether an order explains these events of a contact that didn't exist at first.
///
/// # Panics
///
/// If there are more than [`MAX_EVENTS`].
pub(crate) fn is_linearizable(events: &[TimedEvent]) -> bool {
    assert!(events.len() <= MAX_EVENTS, "{} events of one contact", events.len());
    Search { events, visited: HashSet::new() }.can_continue(0, 0, None)
}

struct Search<'e> {
    events: &'e [TimedEvent],
    /// The visited states: which events had happened, and the contact then.
    visited: HashSet<(u128, Option<State>)>,
}

impl Search<'_> {
    /// Whether the other events can follow those in the bit set `done`, of which the latest started at
    /// `latest_start`.
    fn can_continue(&mut self, done: u128, latest_start: u64, state: Option<&State>) -> bool {
        let open = || self.events.iter().enumerate().filter(|(index, _)| done & (1 << index) == 0);
        // An event can't come next if it started after a certain one ended that is still open.
        let certain = open().filter(|(_, one)| one.certainty == Certainty::Certain);
        let Some(first_end) = certain.map(|(_, one)| one.end).min() else {
            return true;
        };
        if !self.visited.insert((done, state.cloned())) {
            return false;
        }
        let next: Vec<_> = open()
            .filter(|(_, one)| one.start <= first_end && one.end >= latest_start)
            .flat_map(|(index, one)| {
                one.event.apply(state).into_iter().map(move |after| (index, one.start, after))
            })
            .collect();
        next.into_iter().any(|(index, start, after)| {
            self.can_continue(done | (1 << index), latest_start.max(start), after.as_ref())
        })
    }
}

#[cfg(test)]
mod tests {
    use contacts_model::{
        contact::{Contact, DEFAULT_TYPE, Fields},
        ids,
        response::{DeletedContact, ItemResult},
        upsert::{AccountLookup, IdentifiedItem, Item, identify},
    };
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::event::{Results, Upserted};
    use contacts_model::delete::Presence;

    const TENANT: &str = "zegoal";
    const LINK_ID: Uuid = Uuid::from_u128(1);
    const ACCOUNT: u64 = 1;

    fn contact(name: &str) -> Contact {
        Contact {
            link_id: LINK_ID,
            account_id: ACCOUNT,
            name: name.to_owned(),
            mobile_number: "1".to_owned(),
            contact_type: DEFAULT_TYPE.to_owned(),
            email: None,
            description: None,
        }
    }

    fn items(name: &str) -> Vec<IdentifiedItem> {
        let fields =
            Fields { name: Some(name.to_owned()), mobile_number: Some("1".to_owned()), ..Fields::default() };
        let item =
            Item { contact_id: None, link_id: Some(LINK_ID), account: AccountLookup::Found(ACCOUNT), fields };
        vec![identify(TENANT, &item).unwrap()]
    }

    const CREATOR: usize = 1;
    const ANOTHER: usize = 2;

    fn event(operation: usize, together: &[usize], name: &str, results: Results) -> Event {
        let together = together.iter().copied().collect();
        Event::Upserted(Upserted { operation, together, items: items(name), results })
    }

    fn upserted(name: &str, extended_info: &str) -> Event {
        upserted_by(CREATOR, name, extended_info)
    }

    fn upserted_by(operation: usize, name: &str, extended_info: &str) -> Event {
        let result: ItemResult = serde_json::from_value(json!({
            "link_id": LINK_ID.to_string(), "success": true, "extended_info": extended_info,
            "contact_id": ids::contact_id(TENANT, LINK_ID), "account_id": ACCOUNT, "changed": true,
        }))
        .unwrap();
        event(operation, &[operation], name, Results::Known(vec![result]))
    }

    fn upserted_unknown(operation: usize, name: &str) -> Event {
        event(operation, &[operation], name, Results::Unknown)
    }

    fn deleted(name: &str) -> Event {
        let shown: DeletedContact = serde_json::from_value(json!({
            "contact_type": DEFAULT_TYPE, "contact_name": name, "contact_mobile_num": "1", "contact_id": 1,
            "contact_email": null, "contact_desc": null, "link_id": LINK_ID.to_string(),
        }))
        .unwrap();
        Event::Deleted { account_id: ACCOUNT, shown: Some(shown) }
    }

    fn certain((start, end): (u64, u64), event: Event) -> TimedEvent {
        TimedEvent { event, start, end, certainty: Certainty::Certain }
    }

    fn uncertain((start, end): (u64, u64), event: Event) -> TimedEvent {
        TimedEvent { event, start, end, certainty: Certainty::Uncertain }
    }

    fn finally(name: Option<&str>) -> TimedEvent {
        certain((100, 100), Event::Read(name.map(contact)))
    }

    #[test]
    fn one_of_two_concurrent_creates_is_an_update() {
        let first = certain((1, 4), upserted("first", "created"));
        let second = certain((2, 3), upserted_by(ANOTHER, "second", "updated"));
        assert!(is_linearizable(&[first.clone(), second.clone(), finally(Some("second"))]));
        assert!(!is_linearizable(&[first.clone(), second, finally(Some("first"))]));
        let second = certain((2, 3), upserted_by(ANOTHER, "second", "created"));
        assert!(!is_linearizable(&[first, second, finally(Some("second"))]));
    }

    #[test]
    fn update_needs_a_contact_that_was_created() {
        let updated = certain((3, 4), upserted("new", "updated"));
        assert!(!is_linearizable(&[updated.clone(), finally(Some("new"))]));
        let unknown = uncertain((1, 2), upserted_unknown(2, "old"));
        assert!(is_linearizable(&[updated, unknown, finally(Some("new"))]));
    }

    #[test]
    fn creator_that_lost_the_answer_must_not_report_updated() {
        let first_try = uncertain((2, 3), upserted_unknown(1, "new"));
        let updated = certain((1, 4), upserted("new", "updated"));
        assert!(!is_linearizable(&[first_try.clone(), updated, finally(Some("new"))]));
        let created = certain((1, 9), upserted("new", "created"));
        assert!(is_linearizable(&[first_try.clone(), created.clone(), finally(Some("new"))]));
        let deleted = certain((4, 5), deleted("new"));
        assert!(!is_linearizable(&[created.clone(), deleted.clone(), finally(Some("new"))]));
        assert!(is_linearizable(&[first_try, created, deleted, finally(Some("new"))]));
    }

    #[test]
    fn repeat_of_a_creation_applies_nothing() {
        let created = certain((1, 2), upserted("first", "created"));
        let changed = certain((3, 4), event(2, &[2], "second", Results::AllSucceeded));
        let repeated = certain((5, 6), upserted("first", "created"));
        let history = |last| [created.clone(), changed.clone(), repeated.clone(), finally(Some(last))];
        assert!(is_linearizable(&history("second")));
        assert!(!is_linearizable(&history("first")));
        let repeated = certain((5, 6), upserted("first", "updated"));
        assert!(!is_linearizable(&[created, changed, repeated, finally(Some("first"))]));
    }

    #[test]
    fn message_of_another_batch_may_apply_its_items_again() {
        let created = certain((1, 2), event(1, &[1, 2], "first", Results::AllSucceeded));
        let changed = certain((3, 4), event(3, &[3], "second", Results::AllSucceeded));
        let repeated = certain((5, 6), event(1, &[1], "first", Results::AllSucceeded));
        for last in ["first", "second"] {
            let history = [created.clone(), changed.clone(), repeated.clone(), finally(Some(last))];
            assert!(is_linearizable(&history));
        }
        assert!(!is_linearizable(&[created, changed, finally(Some("first"))]));
    }

    #[test]
    fn acknowledged_write_is_not_lost() {
        let created = certain((1, 2), upserted("first", "created"));
        let updated = certain((3, 4), upserted_by(ANOTHER, "second", "updated"));
        assert!(!is_linearizable(&[created.clone(), updated.clone(), finally(Some("first"))]));
        assert!(!is_linearizable(&[created.clone(), updated.clone(), finally(None)]));
        assert!(is_linearizable(&[created, updated, finally(Some("second"))]));
    }

    #[test]
    fn values_that_no_request_had_are_not_explained() {
        let created = certain((1, 2), upserted("sent", "created"));
        assert!(!is_linearizable(&[created, finally(Some("not sent"))]));
        assert!(!is_linearizable(&[finally(Some("not sent"))]));
    }

    #[test]
    fn delete_shows_the_contact_as_it_was() {
        let created = certain((1, 2), upserted("first", "created"));
        let changed = certain((3, 6), upserted_by(ANOTHER, "second", "updated"));
        let delete = |name| certain((4, 5), deleted(name));
        assert!(is_linearizable(&[created.clone(), changed.clone(), delete("second"), finally(None)]));
        assert!(!is_linearizable(&[created, changed, delete("first"), finally(None)]));
    }

    #[test]
    fn uncertain_event_happens_in_its_interval_or_never() {
        let created = certain((1, 2), upserted("first", "created"));
        let updated = certain((5, 6), upserted_by(ANOTHER, "second", "updated"));
        let delete = || Event::Deleted { account_id: ACCOUNT, shown: None };
        let deleted = uncertain((3, 4), delete());
        let history = [created.clone(), deleted.clone(), updated, finally(Some("second"))];
        assert!(is_linearizable(&history));
        assert!(is_linearizable(&[created.clone(), deleted.clone(), finally(None)]));
        let too_early = uncertain((0, 0), delete());
        assert!(!is_linearizable(&[created.clone(), too_early, finally(None)]));
        let created_again = certain((5, 6), upserted_by(ANOTHER, "second", "created"));
        let history = [created.clone(), deleted, created_again.clone(), finally(Some("second"))];
        assert!(is_linearizable(&history));
        let too_late = uncertain((7, 8), delete());
        assert!(!is_linearizable(&[created, too_late, created_again, finally(None)]));
    }

    #[test]
    fn existing_contact_is_not_reported_as_missing() {
        let created = certain((1, 2), upserted("first", "created"));
        let not_on = |account_id| Event::NotOnAccount { account_id };
        assert!(!is_linearizable(&[created.clone(), certain((3, 4), not_on(ACCOUNT))]));
        assert!(is_linearizable(&[created.clone(), certain((3, 4), not_on(ACCOUNT + 1))]));
        assert!(is_linearizable(&[created.clone(), certain((0, 4), not_on(ACCOUNT))]));
        let seen = |presence| certain((3, 4), Event::Seen { account_id: ACCOUNT, presence });
        assert!(is_linearizable(&[created.clone(), seen(Presence::OnAccount)]));
        assert!(!is_linearizable(&[created.clone(), seen(Presence::OnOtherAccount)]));
        assert!(!is_linearizable(&[created, seen(Presence::Missing)]));
    }
}
