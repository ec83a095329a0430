//! The body of an upsert, and its answer.

use serde::Serialize;

use super::{
    account::{self, ACCOUNT_PARAMS},
    item::{self, BadItem},
    json::{self, Fault, MAX_ELEMENTS, Object},
};
use crate::{
    domain::{ContactTypes, LinkId},
    telemetry::Counts,
    upsert::{Item, Outcome, State},
};

/// What the body may hold.
const PARAMS: [&str; 5] = ["tenant", ACCOUNT_PARAMS[0], ACCOUNT_PARAMS[1], ACCOUNT_PARAMS[2], "list_items"];

/// What is wrong with a request as a whole, in the contract's words (its table under "Upsert").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongBody {
    /// No body, not JSON, not an object.
    #[error("Wrong JSON body")]
    NotAnObject,
    /// A required param is missing.
    #[error("Wrong JSON body: no value for `{0}`")]
    Missing(&'static str),
    /// A param is of the wrong type.
    #[error("Wrong JSON body: value `{0}` was of the wrong type")]
    WrongType(&'static str),
    /// A param nobody declared.
    #[error("Wrong JSON body: unknown param `{0}`")]
    Unknown(String),
    /// A param that is there twice.
    #[error("Wrong JSON body: more than one value for `{0}`")]
    Duplicate(String),
    /// Too few or too many items.
    #[error("Wrong JSON body: value `list_items` must hold 1 to {MAX_ELEMENTS} items")]
    Count,
    /// A tenant that there isn't, where no token says who is calling.
    #[error("Wrong JSON body: value `tenant` must name a tenant that exists")]
    UnknownTenant,
    /// A param that is of the right type and breaks a rule of its own.
    #[error("Wrong JSON body: value `{0}` {1}")]
    Rule(&'static str, Fault),
}

/// The body of an upsert, its values still text.
pub struct UpsertBody<'a>(Object<'a>);

impl<'a> UpsertBody<'a> {
    /// Reads the body's params.
    pub fn read(body: &'a [u8]) -> Result<Self, WrongBody> {
        let text = str::from_utf8(body).map_err(|_| WrongBody::NotAnObject)?;
        let object = Object::read(text).ok_or(WrongBody::NotAnObject)?;
        match object.strays(&PARAMS, "").next() {
            None => {}
            Some((name, Fault::Duplicate)) => return Err(WrongBody::Duplicate(name)),
            Some((name, _)) => return Err(WrongBody::Unknown(name)),
        }
        Ok(Self(object))
    }

    /// The tenant that the body names, if it names one.
    pub fn tenant(&self) -> Result<Option<String>, WrongBody> {
        let tenant = self.0.get("tenant").map(|value| json::string(value, |text| Ok(text.to_owned())));
        tenant.transpose().map_err(|_| WrongBody::WrongType("tenant"))
    }

    /// Reads the values.
    pub fn list(&self, dictionary: &ContactTypes) -> Result<UpsertList, WrongBody> {
        let items = self.0.get("list_items").ok_or(WrongBody::Missing("list_items"))?;
        let items = json::list(items).map_err(|_| WrongBody::WrongType("list_items"))?;
        let account = account::reference(&self.0).map_err(|faults| {
            match faults.into_iter().next().unwrap_or(("account_id", Fault::Missing)) {
                (name, Fault::WrongType(_)) => WrongBody::WrongType(name),
                (name, fault) => WrongBody::Rule(name, fault),
            }
        })?;
        if !(1..=MAX_ELEMENTS).contains(&items.count) {
            return Err(WrongBody::Count);
        }
        let mut list = UpsertList { items: Vec::with_capacity(items.count), bad: Vec::new() };
        for (place, value) in items.elements.into_iter().enumerate() {
            match item::read(value, dictionary, account.as_ref()) {
                Ok(item) => list.items.push(item),
                Err(bad) => list.bad.push((place, bad)),
            }
        }
        Ok(list)
    }
}

/// The items of an upsert.
pub struct UpsertList {
    /// Those that could be read, in list order.
    pub items: Vec<Item>,
    /// The others, with their places in the list.
    bad: Vec<(usize, BadItem)>,
}

impl UpsertList {
    /// The answer, once the items that could be read have their outcomes.
    #[must_use]
    pub fn answer(self, outcomes: Vec<Outcome>) -> UpsertAnswer {
        let counts = self.count(&outcomes);
        let mut good = self.items.iter().zip(outcomes).map(|(item, outcome)| result_of(item, outcome));
        let mut bad = self.bad.into_iter().peekable();
        let mut result = Vec::with_capacity(self.items.len() + bad.len());
        loop {
            let next = match bad.next_if(|(place, _)| *place == result.len()) {
                Some((_, bad)) => Some(rejected(bad.link_id, "invalid_entity_data", bad.sentence)),
                None => good.next(),
            };
            match next {
                Some(item) => result.push(item),
                None => return UpsertAnswer { result, counts },
            }
        }
    }

    fn count(&self, outcomes: &[Outcome]) -> Counts {
        let mut counts = Counts { rejected: self.bad.len(), ..Counts::default() };
        for outcome in outcomes {
            match outcome.as_ref().map(|done| done.state) {
                Ok(State::Created) => counts.created += 1,
                Ok(State::Updated) => counts.updated += 1,
                Ok(State::Unchanged) => counts.unchanged += 1,
                Err(_) => counts.rejected += 1,
            }
        }
        counts
    }
}

/// The answer to an upsert: one result an item, in list order.
#[derive(Serialize)]
pub struct UpsertAnswer {
    result: Vec<ItemResult>,
    #[serde(skip)]
    counts: Counts,
}

impl UpsertAnswer {
    /// What its items did.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

#[derive(Serialize)]
struct ItemResult {
    link_id: Option<String>,
    success: bool,
    extended_info: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn result_of(item: &Item, outcome: Outcome) -> ItemResult {
    match outcome {
        Ok(done) => ItemResult {
            link_id: Some(done.link_id.to_string()),
            success: true,
            extended_info: match done.state {
                State::Created => "created",
                State::Updated | State::Unchanged => "updated",
            },
            contact_id: Some(done.contact_id.get()),
            account_id: Some(done.account_id.get()),
            error: None,
        },
        Err(error) => {
            let info = if error.is_not_found() { "entity_not_found" } else { "invalid_entity_data" };
            rejected(item.link_id, info, error.to_string())
        }
    }
}

fn rejected(link_id: Option<LinkId>, extended_info: &'static str, error: String) -> ItemResult {
    ItemResult {
        link_id: link_id.map(|link_id| link_id.to_string()),
        success: false,
        extended_info,
        contact_id: None,
        account_id: None,
        error: Some(error),
    }
}
