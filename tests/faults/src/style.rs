//! What the requests of one schedule have in common, and how they are drawn. Every value is its item's own,
//! so that it shows whose write is where.

use std::time::Duration;

use crate::{
    draw::Draw,
    request::{
        ACCOUNTS, BY_NAME_AND_NUMBER, Body, Change, Delete, FULL_TIME, Fields, Id, Item, Named, Request,
        Stall, Upsert,
    },
};

/// A time so short that a call which isn't answered uses it up: a second, and what the functions keep
/// for themselves. A delete doesn't even begin its transaction.
const SHORT_TIME: Duration = Duration::from_millis(2_300);

/// The same for a delete that does begin its transaction.
pub(crate) const SHORT_TIME_OF_A_DELETE: Duration = Duration::from_millis(7_800);

/// What the requests of a schedule have in common.
pub(crate) struct Style {
    /// How many numbered contacts there are.
    pub(crate) contacts: u32,
    /// How many items, or contacts to delete, a request has at most.
    pub(crate) most_items: usize,
    /// How many requests a caller has at most.
    pub(crate) most_requests: usize,
    /// Whether time is short for some requests.
    pub(crate) short_of_time: bool,
}

impl Style {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let short_of_time = draw.chance(8);
        match draw.below(100) {
            // More than a batch of statements, and more than a transaction, takes.
            0..4 => Self { contacts: 130, most_items: 130, most_requests: 3, short_of_time },
            4..10 => Self { contacts: 40, most_items: 40, most_requests: 3, short_of_time },
            _ => Self {
                contacts: u32::try_from(draw.between(1, 3)).unwrap_or(1),
                most_items: 4,
                most_requests: 6,
                short_of_time,
            },
        }
    }

    /// Draws what one caller sends, adds it to all requests, and returns its places there.
    pub(crate) fn caller(&self, draw: &mut Draw, requests: &mut Vec<Request>) -> Vec<usize> {
        let first = requests.len();
        for number in first..first + draw.between(2, self.most_requests) {
            requests.push(self.request(draw, number));
        }
        (first..requests.len()).collect()
    }

    fn request(&self, draw: &mut Draw, number: usize) -> Request {
        let body = if draw.chance(65) {
            Body::Upsert(self.upsert(draw, number))
        } else {
            Body::Delete(self.delete(draw))
        };
        let is_short = self.short_of_time && draw.chance(40);
        let time_limit = match &body {
            _ if !is_short => FULL_TIME,
            Body::Delete(_) if draw.chance(30) => SHORT_TIME_OF_A_DELETE,
            _ => SHORT_TIME,
        };
        let stall = match draw.below(100) {
            number if is_short => Some(Stall::From(number % 5)),
            0 => Some(Stall::Only(draw.below(4))),
            _ => None,
        };
        Request { body, time_limit, stall, tries: draw.between(1, 4), on_a_new_function: draw.chance(10) }
    }

    fn count(&self, draw: &mut Draw) -> usize {
        if self.most_items > 4 && draw.chance(60) {
            draw.between(self.most_items * 3 / 4, self.most_items)
        } else {
            draw.between(1, 4)
        }
    }

    fn upsert(&self, draw: &mut Draw, number: usize) -> Upsert {
        let account = draw.chance(80).then(|| draw.pick(&ACCOUNTS));
        let count = self.count(draw);
        let items = (0..count).map(|place| self.item(draw, &format!("{number}.{place}"))).collect();
        Upsert { account, items }
    }

    pub(crate) fn item(&self, draw: &mut Draw, value: &str) -> Item {
        let account = draw.chance(10).then(|| draw.pick(&ACCOUNTS));
        let mut fields = Fields {
            name: draw.chance(85).then(|| format!("name {value}")),
            number: draw.chance(85).then(|| format!("067_{value}")),
            kind: draw.chance(30).then(|| draw.pick(&["main_contact", "tech_spec", "manager"])),
            email: Change::draw(draw, format!("email@{value}")),
            description: Change::draw(draw, format!("description {value}")),
        };
        let id = draw.chance(80).then(|| self.id(draw));
        if id.is_none() {
            let (name, number) = draw.pick(&BY_NAME_AND_NUMBER);
            fields.name = Some(name.to_owned());
            fields.number = Some(number.to_owned());
        }
        Item { id, account, fields }
    }

    fn id(&self, draw: &mut Draw) -> Id {
        let named = if draw.chance(12) {
            Named::Ann
        } else {
            Named::Number(u32::try_from(draw.below(self.contacts as usize)).unwrap_or_default())
        };
        draw.pick(&[Id::Link(named), Id::Link(named), Id::Link(named), Id::Contact(named), Id::Both(named)])
    }

    fn delete(&self, draw: &mut Draw) -> Delete {
        let account = draw.pick(&ACCOUNTS);
        let count = self.count(draw);
        let mut contacts: Vec<Id> = Vec::new();
        for _ in 0..count {
            let id = self.id(draw);
            if contacts.iter().all(|other| other.named() != id.named()) {
                contacts.push(id);
            }
        }
        Delete { account, contacts }
    }
}

impl Change {
    fn draw(draw: &mut Draw, value: String) -> Self {
        match draw.below(10) {
            0..4 => Self::Set(value),
            4..6 => Self::Clear,
            _ => Self::Keep,
        }
    }
}
