//! The properties that all requests of a schedule share, and how its requests are drawn. Each item has values
//! of its own, so that every stored value shows which item wrote it.

use std::time::Duration;

use contacts_model::contact::{DEFAULT_TYPES, FieldChange, Fields};

use crate::{
    request::{
        ACCOUNTS, ACCOUNTS_OF_ONE_ID, AccountParams, BY_NAME_AND_NUMBER, Body, CallerPlan, ContactKey,
        ContactRef, Delete, FULL_TIME, Item, Mode, Request, Stall, Trigger, Upsert,
    },
    rng::SeededRng,
};

/// A deadline that one unanswered call exceeds: a second, plus the reserve that the functions keep for their
/// response. A delete doesn't start its transaction.
const SHORT_TIME: Duration = Duration::from_millis(2_300);

/// A deadline that one unanswered call exceeds, but that lets a delete start its transaction.
pub(crate) const SHORT_TIME_OF_A_DELETE: Duration = Duration::from_millis(7_800);

/// The properties that all requests of a schedule share.
pub(crate) struct WorkloadProfile {
    /// How many numbered contacts there are.
    pub(crate) contacts: usize,
    /// The most items, or contacts to delete, of a request.
    pub(crate) max_items: usize,
    /// The most requests of a caller.
    pub(crate) max_requests: usize,
    /// Whether some requests have a short deadline.
    pub(crate) has_short_deadlines: bool,
}

impl WorkloadProfile {
    /// Draws a profile.
    pub(crate) fn draw(rng: &mut SeededRng) -> Self {
        let has_short_deadlines = rng.chance(8);
        match rng.below(100) {
            // More items than a batch of statements, or a transaction, takes.
            0..4 => Self { contacts: 130, max_items: 130, max_requests: 3, has_short_deadlines },
            4..10 => Self { contacts: 40, max_items: 40, max_requests: 3, has_short_deadlines },
            _ => Self { contacts: rng.between(1, 3), max_items: 4, max_requests: 6, has_short_deadlines },
        }
    }

    /// Draws the requests of one caller, and appends them to `requests`. Some callers are a queue: its
    /// messages are sent in batches.
    pub(crate) fn draw_caller(&self, rng: &mut SeededRng, requests: &mut Vec<Request>) -> CallerPlan {
        let first = requests.len();
        let batch_size = if rng.chance(15) { rng.between(2, 3) } else { 1 };
        let are_upserts = rng.chance(65);
        for number in first..first + rng.between(2, self.max_requests) {
            let request = if batch_size > 1 {
                self.draw_request(rng, number, Trigger::Sqs, Mode::Apply, are_upserts)
            } else {
                let is_upsert = rng.chance(65);
                let (trigger, mode) = draw_trigger(rng, requests, is_upsert);
                self.draw_request(rng, number, trigger, mode, is_upsert)
            };
            requests.push(request);
        }
        CallerPlan { requests: (first..requests.len()).collect(), batch_size }
    }

    fn draw_request(
        &self,
        rng: &mut SeededRng,
        number: usize,
        trigger: Trigger,
        mode: Mode,
        is_upsert: bool,
    ) -> Request {
        let body = if is_upsert {
            let mut upsert = self.draw_upsert(rng, number, mode);
            // A message fails as a whole if one of its items fails.
            if !trigger.has_answer() && rng.chance(70) {
                upsert.make_items_succeed();
            }
            Body::Upsert(upsert)
        } else {
            Body::Delete(self.draw_delete(rng))
        };
        let is_short = self.has_short_deadlines && rng.chance(40);
        let time_limit = match &body {
            _ if !is_short => FULL_TIME,
            Body::Delete(_) if rng.chance(30) => SHORT_TIME_OF_A_DELETE,
            _ => SHORT_TIME,
        };
        let stall = match rng.below(100) {
            number if is_short => Some(Stall::From(number % 5)),
            0 => Some(Stall::Only(rng.below(4))),
            _ => None,
        };
        let needs_new_function = rng.chance(10);
        Request { body, mode, trigger, time_limit, stall, max_tries: rng.between(1, 4), needs_new_function }
    }

    fn draw_len(&self, rng: &mut SeededRng) -> usize {
        if self.max_items > 4 && rng.chance(60) {
            rng.between(self.max_items * 3 / 4, self.max_items)
        } else {
            rng.between(1, 4)
        }
    }

    fn draw_upsert(&self, rng: &mut SeededRng, number: usize, mode: Mode) -> Upsert {
        let accounts: &[_] = match mode {
            Mode::Apply => &ACCOUNTS,
            // What a validation answers for another account depends on what is there at its moment.
            Mode::ValidateOnly => &ACCOUNTS_OF_ONE_ID,
        };
        let account = rng.chance(80).then(|| rng.pick(accounts));
        let len = self.draw_len(rng);
        let item = |position| self.draw_item(rng, &format!("{number}.{position}"), accounts);
        Upsert { account, items: (0..len).map(item).collect() }
    }

    /// Draws an item whose values contain `value`.
    pub(crate) fn draw_item(&self, rng: &mut SeededRng, value: &str, accounts: &[AccountParams]) -> Item {
        let account = rng.chance(10).then(|| rng.pick(accounts));
        let mut fields = Fields {
            name: rng.chance(85).then(|| format!("name {value}")),
            mobile_number: rng.chance(85).then(|| format!("067_{value}")),
            contact_type: rng.chance(30).then(|| rng.pick(&DEFAULT_TYPES).to_owned()),
            email: draw_change(rng, format!("email@{value}")),
            description: draw_change(rng, format!("description {value}")),
        };
        let contact = rng.chance(80).then(|| self.draw_contact(rng));
        if contact.is_none() {
            let (name, number) = rng.pick(&BY_NAME_AND_NUMBER);
            fields.name = Some(name.to_owned());
            fields.mobile_number = Some(number.to_owned());
        }
        Item { contact, account, fields }
    }

    fn draw_contact(&self, rng: &mut SeededRng) -> ContactRef {
        let key = if rng.chance(12) { ContactKey::Ann } else { ContactKey::Number(rng.below(self.contacts)) };
        rng.pick(&[
            ContactRef::LinkId(key),
            ContactRef::LinkId(key),
            ContactRef::LinkId(key),
            ContactRef::ContactId(key),
            ContactRef::Both(key),
        ])
    }

    fn draw_delete(&self, rng: &mut SeededRng) -> Delete {
        let account = rng.pick(&ACCOUNTS);
        let len = self.draw_len(rng);
        let mut contacts: Vec<ContactRef> = Vec::new();
        for _ in 0..len {
            let contact = self.draw_contact(rng);
            if contacts.iter().all(|other| other.key() != contact.key()) {
                contacts.push(contact);
            }
        }
        Delete { account, contacts }
    }
}

fn draw_trigger(rng: &mut SeededRng, earlier: &[Request], is_upsert: bool) -> (Trigger, Mode) {
    match rng.below(100) {
        0..20 => (Trigger::Http { key: None }, Mode::Apply),
        20..55 => (Trigger::Http { key: Some(draw_key(rng, earlier, is_upsert)) }, Mode::Apply),
        55..66 => (Trigger::Http { key: None }, Mode::ValidateOnly),
        66..72 => (Trigger::Direct, Mode::Apply),
        72..76 => (Trigger::Direct, Mode::ValidateOnly),
        76..88 => (Trigger::EventBridge, Mode::Apply),
        _ => (Trigger::Sqs, Mode::Apply),
    }
}

/// Draws the number of a key: mostly a new one, sometimes that of an earlier request with another body.
fn draw_key(rng: &mut SeededRng, earlier: &[Request], is_upsert: bool) -> usize {
    let keys = earlier.iter().filter(|request| matches!(request.body, Body::Upsert(_)) == is_upsert);
    let keys: Vec<_> = keys.filter_map(|request| request.trigger.key()).collect();
    if !keys.is_empty() && rng.chance(8) { rng.pick(&keys) } else { earlier.len() }
}

fn draw_change(rng: &mut SeededRng, value: String) -> FieldChange {
    match rng.below(10) {
        0..4 => FieldChange::Set(value),
        4..6 => FieldChange::Clear,
        _ => FieldChange::Keep,
    }
}
