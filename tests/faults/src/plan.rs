//! What the callers of a schedule send: drawn as a whole before anything runs. Few contacts and accounts,
//! so that callers meet; every value is its item's own, so that it shows whose write is where.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::draw::Draw;

/// The time that a function has on Lambda.
pub(crate) const FULL_TIME: Duration = Duration::from_secs(29);

/// A time so short that a call which isn't answered uses it up: a second, and what the functions keep
/// for themselves. A delete doesn't even begin its transaction.
const SHORT_TIME: Duration = Duration::from_millis(2_300);

/// The same for a delete that does begin its transaction.
const SHORT_TIME_OF_A_DELETE: Duration = Duration::from_millis(7_800);

/// The callers of a schedule, each with its requests in order.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The tenant that all of them call for.
    pub(crate) tenant: String,
    /// All requests; a request is known by its place here.
    pub(crate) requests: Vec<Request>,
    /// Which requests each caller sends, one after the other.
    pub(crate) callers: Vec<Vec<usize>>,
    /// How many calls to the store, of a hundred, something happens to.
    pub(crate) fault_percent: usize,
}

/// What a caller sends, and how it goes about it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What is sent.
    pub(crate) body: Body,
    /// How long the function may take.
    pub(crate) time_limit: Duration,
    /// Which of its calls to the store aren't answered while the function waits for them.
    pub(crate) stall: Option<Stall>,
    /// How often it is sent, while there are faults, until there is an answer.
    pub(crate) tries: usize,
    /// Whether the caller's function was shut down since its last request.
    pub(crate) on_a_new_function: bool,
}

/// Calls of a request that aren't answered, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stall {
    /// This one, and all after it: time runs out.
    From(usize),
    /// This one. The function gives it up after a while and calls again.
    Only(usize),
}

impl Stall {
    /// Whether the call of this number isn't answered.
    pub(crate) fn is_at(self, number: usize) -> bool {
        match self {
            Self::From(first) => number >= first,
            Self::Only(one) => number == one,
        }
    }
}

impl Request {
    /// Whether the function can have several calls to the store under way at once.
    pub(crate) fn calls_at_once(&self) -> bool {
        match &self.body {
            Body::Upsert(upsert) => upsert.items.len() > 25 || upsert.accounts() > 1,
            Body::Delete(delete) => delete.contacts.len() > 100,
        }
    }
}

/// A request's body.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Upsert(Upsert),
    Delete(Delete),
}

/// Contacts to create or update.
#[derive(Debug, Clone)]
pub(crate) struct Upsert {
    /// The account of the items that name none.
    pub(crate) account: Option<Account>,
    pub(crate) items: Vec<Item>,
}

/// Contacts to delete.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) account: Account,
    pub(crate) contacts: Vec<Id>,
}

/// An account, as a request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    pub(crate) code: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
}

const ACME: Account = Account { code: Some("ACME"), name: None };
const ACME_BY_BOTH: Account = Account { code: Some("ACME"), name: Some("Acme Ltd") };
const OTHER: Account = Account { code: Some("OTHER"), name: None };
const LATE: Account = Account { code: Some("LATE"), name: None };
const LATE_BY_NAME: Account = Account { code: None, name: Some("Late Ltd") };
const LATE_BY_BOTH: Account = Account { code: Some("LATE"), name: Some("Late Ltd") };

/// All accounts, the one that most contacts are on more often than others.
pub(crate) const ACCOUNTS: [Account; 12] =
    [ACME, ACME, ACME, ACME, ACME, ACME, ACME_BY_BOTH, ACME_BY_BOTH, OTHER, LATE, LATE_BY_NAME, LATE_BY_BOTH];

/// Contacts that are named by account, name and number: those of one account, and one of whichever.
pub(crate) const BY_NAME_AND_NUMBER: [(&str, &str); 2] = [("Ann", "067_1"), ("Eve", "067_3")];

/// One of a contact's ids. Both follow from the number of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Id {
    Link(Named),
    Contact(Named),
    Both(Named),
}

/// A contact that a plan knows the ids of beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    /// By a `link_id` that the callers made up.
    Number(u32),
    /// Ann of the account ACME, by the `link_id` that the service makes up.
    Ann,
}

impl Named {
    /// The `link_id` of a numbered contact.
    pub(crate) fn made_up_link_id(number: u32) -> Uuid {
        Uuid::from_u128(0x0a0a_0000_0000_4000_8000_0000_0000_0000 + u128::from(number))
    }
}

/// One item of an upsert.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// By which id the contact is named; by none, it is by account, name and number.
    pub(crate) id: Option<Id>,
    pub(crate) account: Option<Account>,
    pub(crate) fields: Fields,
}

/// What an item says about a contact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    pub(crate) name: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) email: Change,
    pub(crate) description: Change,
}

/// What an item says about a field that a contact needn't have.
#[derive(Debug, Clone, Default)]
pub(crate) enum Change {
    #[default]
    Keep,
    Clear,
    Set(String),
}

impl Plan {
    /// Whether all that happens follows from what was drawn. Calls that a function makes at once come in any
    /// order, and a request with little time ends by the clock.
    pub(crate) fn is_exact(&self) -> bool {
        self.requests.iter().all(|request| !request.calls_at_once() && request.time_limit == FULL_TIME)
    }

    /// A caller creates more contacts than one transaction takes and deletes them, and some transactions
    /// are never answered. The 503 must tell of what the others removed.
    fn of_a_long_delete(draw: &mut Draw, seed: u64, schedule: u64) -> Self {
        let count = u32::try_from(draw.between(101, 250)).unwrap_or(101);
        let ids = (0..count).map(|number| Id::Link(Named::Number(number)));
        let item = |id: Id| {
            let fields =
                Fields { name: Some("name".to_owned()), number: Some("067".to_owned()), ..Fields::default() };
            Item { id: Some(id), account: None, fields }
        };
        let upsert = Upsert { account: Some(ACME), items: ids.clone().map(item).collect() };
        // Before its transactions, it looks for the token and the account, and reads 100 contacts a call.
        let first = 2 + count.div_ceil(100) as usize;
        let stall = Stall::From(draw.between(first, first + 2));
        let request =
            |body, time_limit, stall| Request { body, time_limit, stall, tries: 1, on_a_new_function: false };
        let delete = Body::Delete(Delete { account: ACME, contacts: ids.collect() });
        let requests = vec![
            request(Body::Upsert(upsert), FULL_TIME, None),
            request(delete, SHORT_TIME_OF_A_DELETE, Some(stall)),
        ];
        let tenant = format!("seed-{seed}-schedule-{schedule}");
        Self { tenant, requests, callers: vec![vec![0, 1]], fault_percent: 0 }
    }

    /// Draws a plan.
    pub(crate) fn draw(draw: &mut Draw, seed: u64, schedule: u64) -> Self {
        let style = Style::draw(draw);
        let mut requests = Vec::new();
        let callers = (0..draw.between(2, 4))
            .map(|_| {
                (0..draw.between(2, style.most_requests))
                    .map(|_| {
                        requests.push(style.request(draw, requests.len()));
                        requests.len() - 1
                    })
                    .collect()
            })
            .collect();
        if draw.chance(2) {
            return Self::of_a_long_delete(draw, seed, schedule);
        }
        let fault_percent = draw.pick(&[5, 10, 20, 30]);
        Self { tenant: format!("seed-{seed}-schedule-{schedule}"), requests, callers, fault_percent }
    }
}

/// What the requests of a schedule have in common.
struct Style {
    /// How many numbered contacts there are.
    contacts: u32,
    /// How many items, or contacts to delete, a request has at most.
    most_items: usize,
    most_requests: usize,
    /// Whether time is short for some requests.
    short_of_time: bool,
}

impl Style {
    fn draw(draw: &mut Draw) -> Self {
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

    fn item(&self, draw: &mut Draw, value: &str) -> Item {
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

    fn json(&self) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Value::Null),
            Self::Set(value) => Some(json!(value)),
        }
    }
}

impl Id {
    /// The contact.
    pub(crate) fn named(self) -> Named {
        match self {
            Self::Link(named) | Self::Contact(named) | Self::Both(named) => named,
        }
    }

    /// Whether it says that the contact must be there.
    pub(crate) fn must_exist(self) -> bool {
        !matches!(self, Self::Link(_))
    }

    fn write(self, into: &mut Value, ids: impl Fn(Named) -> (String, u64)) {
        let (link_id, contact_id) = ids(self.named());
        if !matches!(self, Self::Contact(_)) {
            into["link_id"] = json!(link_id);
        }
        if !matches!(self, Self::Link(_)) {
            into["contact_id"] = json!(contact_id);
        }
    }
}

impl Account {
    fn write(self, into: &mut Value) {
        if let Some(code) = self.code {
            into["account_code"] = json!(code);
        }
        if let Some(name) = self.name {
            into["account_name"] = json!(name);
        }
    }
}

impl Upsert {
    /// How many accounts its items name.
    fn accounts(&self) -> usize {
        let accounts = self.items.iter().filter_map(|item| item.account.or(self.account));
        accounts.collect::<std::collections::HashSet<_>>().len()
    }
}

impl Body {
    /// Where it is sent.
    pub(crate) fn path(&self) -> &'static str {
        match self {
            Self::Upsert(_) => "/contacts",
            Self::Delete(_) => "/contacts/delete",
        }
    }

    /// The body as JSON, given the ids of the contacts that it names.
    pub(crate) fn json(&self, tenant: &str, ids: impl Fn(Named) -> (String, u64)) -> Value {
        let mut body = json!({ "tenant": tenant });
        match self {
            Self::Upsert(upsert) => {
                if let Some(account) = upsert.account {
                    account.write(&mut body);
                }
                body["list_items"] = upsert.items.iter().map(|item| item.json(&ids)).collect();
            }
            Self::Delete(delete) => {
                delete.account.write(&mut body);
                let contact = |id: &Id| {
                    let mut contact = json!({});
                    id.write(&mut contact, &ids);
                    contact
                };
                body["contacts"] = delete.contacts.iter().map(contact).collect();
            }
        }
        body
    }
}

impl Item {
    fn json(&self, ids: impl Fn(Named) -> (String, u64)) -> Value {
        let mut item = json!({});
        if let Some(id) = self.id {
            id.write(&mut item, ids);
        }
        if let Some(account) = self.account {
            account.write(&mut item);
        }
        let Fields { name, number, kind, email, description } = &self.fields;
        let said = [
            ("contact_name", name.as_ref().map(|name| json!(name))),
            ("contact_mobile_num", number.as_ref().map(|number| json!(number))),
            ("contact_type", kind.map(|kind| json!(kind))),
            ("contact_email", email.json()),
            ("contact_desc", description.json()),
        ];
        for (field, value) in said {
            if let Some(value) = value {
                item[field] = value;
            }
        }
        item
    }
}
