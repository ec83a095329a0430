//! The table and the history of answers, held against each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    answer::{ItemResult, Said, Shown, Word},
    history::{History, Invocation},
    known::Known,
    linearize::{MOST_EVENTS, Spanned, is_explained},
    model::{Event, Item},
    plan::Plan,
    request::{self, Body, Delete, Upsert},
    table::{Meant, Table},
};

/// What is wrong, and how much had to be explained.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// One line for each thing that is wrong.
    pub(crate) violations: Vec<String>,
    /// The contacts that something is wrong with.
    pub(crate) contacts: BTreeSet<u64>,
    /// Contacts that something happened to.
    pub(crate) explained: u64,
    /// Those among them that are explained only by a write that took effect twice, because its function
    /// didn't hear of the first time.
    pub(crate) twice: u64,
}

/// Holds a schedule's history against the table after it.
pub(crate) fn judge(plan: &Plan, known: &Known, history: &History, table: &Table) -> Verdict {
    let mut judge =
        Judge { plan, known, history, table, events: BTreeMap::new(), verdict: Verdict::default() };
    judge.verdict.violations.extend(table.faults.iter().cloned());
    for (number, invocation) in history.invocations.iter().enumerate() {
        match &plan.requests[invocation.request].body {
            Body::Upsert(upsert) => judge.upsert(number, invocation, upsert),
            Body::Delete(delete) => judge.delete(number, invocation, delete),
        }
    }
    judge.table();
    judge.explain();
    judge.verdict
}

/// What happened to a contact.
#[derive(Debug, Default, Clone)]
struct Life {
    /// What somebody heard, and what happened without an answer that could be heard.
    events: Vec<Spanned>,
    /// First times of writes that took effect twice, perhaps.
    before: Vec<Spanned>,
}

struct Judge<'a> {
    plan: &'a Plan,
    known: &'a Known,
    history: &'a History,
    table: &'a Table,
    events: BTreeMap<u64, Life>,
    verdict: Verdict,
}

impl Judge<'_> {
    fn wrong(&mut self, contact: Option<u64>, what: impl Into<String>) {
        self.verdict.violations.push(what.into());
        self.verdict.contacts.extend(contact);
    }

    fn life(&mut self, contact: u64) -> &mut Life {
        self.events.entry(contact).or_default()
    }

    fn happened(&mut self, contact: u64, invocation: &Invocation, event: Event) {
        let Invocation { begun, ended, .. } = *invocation;
        self.life(contact).events.push(Spanned { event, begun, ended, is_certain: true });
    }

    /// Adds the writes of an invocation that its caller can't know of. Where the caller has an answer, or
    /// a 503 that has to tell of them, these are the ones that the function didn't hear the end of.
    fn unheard(&mut self, number: usize, contact: u64, event: &Event) {
        let is_settled = self.history.invocations[number].is_settled();
        let is_told = is_settled
            || matches!(
                (event, &self.history.invocations[number].heard),
                (Event::DeletedUnheard(_), Some(_))
            );
        let writes = self.history.writes.iter().filter(|write| write.invocation == number);
        let writes = writes.filter(|write| write.contacts.contains(&contact) && !(is_told && write.is_heard));
        let spanned: Vec<_> = writes
            .map(|write| Spanned {
                event: event.clone(),
                begun: write.begun,
                ended: write.ended,
                is_certain: false,
            })
            .collect();
        let life = self.life(contact);
        if is_settled { life.before.extend(spanned) } else { life.events.extend(spanned) }
    }

    fn upsert(&mut self, number: usize, invocation: &Invocation, upsert: &Upsert) {
        let mut groups: BTreeMap<u64, (Vec<Item>, Vec<&ItemResult>)> = BTreeMap::new();
        let results = match &invocation.heard {
            Some(Said::Upserted(results)) => Some(results),
            _ => None,
        };
        for (place, item) in upsert.items.iter().enumerate() {
            let result = results.map(|results| &results[place]);
            let named = item.account.or(upsert.account);
            let account = named.map(|named| self.table.meant_by(named));
            let Some(contact) = self.contact_of(item, account) else {
                if let Some(result) = result.filter(|result| result.extended_info != Word::InvalidEntityData)
                {
                    self.wrong(None, format!("an item that names no contact came to {result:?}"));
                }
                continue;
            };
            if account == Some(Meant::None) {
                if let Some(result) = result.filter(|result| result.extended_info != Word::InvalidEntityData)
                {
                    self.wrong(Some(contact), format!("an item that names no account came to {result:?}"));
                }
                continue;
            }
            self.check_ids(contact, item, result);
            let account = account.and_then(|meant| match meant {
                Meant::One(id) => Some(id),
                Meant::None => None,
            });
            let must_exist = item.id.is_some_and(request::Id::must_exist);
            let (items, heard) = groups.entry(contact).or_default();
            items.push(Item { must_exist, account, fields: item.fields.clone() });
            heard.extend(result);
        }
        for (contact, (items, heard)) in groups {
            self.unheard(number, contact, &Event::UpsertedUnheard(number, items.clone()));
            if results.is_some() {
                let ends = heard.iter().map(|result| (result.extended_info, result.account_id)).collect();
                self.happened(contact, invocation, Event::Upserted(number, items, ends));
            }
        }
    }

    /// The contact that an item names; none if it names none, because its account isn't one.
    fn contact_of(&self, item: &request::Item, account: Option<Meant>) -> Option<u64> {
        match (item.id, account) {
            (Some(id), _) => Some(self.known.ids(id.named()).1),
            (None, Some(Meant::One(account))) => {
                let (name, number) = (item.fields.name.as_deref()?, item.fields.number.as_deref()?);
                self.known.by_name_and_number(account, name, number)
            }
            (None, _) => None,
        }
    }

    /// Whether a result tells the ids of the contact that its item names.
    fn check_ids(&mut self, contact: u64, item: &request::Item, result: Option<&ItemResult>) {
        let Some(result) = result else { return };
        let known = self.known.contact(contact);
        let link_id = known.map(|known| known.link_id.as_str());
        let is_right = if result.extended_info.is_success() {
            result.contact_id == Some(contact) && result.link_id.as_deref() == link_id
        } else {
            result.link_id.is_none() || (item.id.is_some() && result.link_id.as_deref() == link_id)
        };
        if !is_right {
            self.wrong(Some(contact), format!("a result with ids of another contact: {result:?}"));
        }
    }

    fn delete(&mut self, number: usize, invocation: &Invocation, delete: &Delete) {
        let contacts: Vec<u64> = delete.contacts.iter().map(|id| self.known.ids(id.named()).1).collect();
        let (code, deleted): (_, &[Shown]) = match &invocation.heard {
            Some(Said::Deleted { code, deleted }) => (Some(*code), deleted),
            Some(Said::Busy { deleted }) => (None, deleted),
            _ => (None, &[]),
        };
        let told: Vec<u64> = deleted.iter().map(|shown| shown.contact_id).collect();
        let in_order: Vec<u64> = contacts.iter().copied().filter(|id| told.contains(id)).collect();
        if told != in_order {
            self.wrong(None, format!("a delete of {contacts:?} tells of {told:?}"));
        }
        if code == Some(0) && told.len() != contacts.len() {
            self.wrong(None, "a delete that went well doesn't tell of all contacts");
        }
        if code != Some(0) && !told.is_empty() && contacts.len() <= 100 {
            self.wrong(None, "a delete in one transaction that failed tells of deleted contacts");
        }
        let Meant::One(account) = self.table.meant_by(delete.account) else {
            if matches!(code, Some(0 | 3..)) {
                self.wrong(None, format!("a delete on an account that there isn't came to code {code:?}"));
            }
            return;
        };
        if code == Some(1) && self.was_there_before(delete.account, invocation.begun) {
            self.wrong(None, "a delete didn't find an account that an earlier answer told of");
        }
        // A delete with an answer knows the end of all it began, by its transactions' tokens.
        if !invocation.is_settled() {
            for contact in &contacts {
                self.unheard(number, *contact, &Event::DeletedUnheard(account));
            }
        }
        for shown in deleted {
            self.check_shown(shown);
            self.happened(shown.contact_id, invocation, Event::Deleted(account, shown.clone()));
        }
        if code == Some(4) {
            for contact in contacts {
                self.happened(contact, invocation, Event::NotOnAccount(account));
            }
        }
    }

    fn check_shown(&mut self, shown: &Shown) {
        let known = self.known.contact(shown.contact_id);
        if known.is_none_or(|known| known.link_id != shown.link_id) {
            self.wrong(Some(shown.contact_id), format!("a delete shows another contact's ids: {shown:?}"));
        }
    }

    /// Whether an upsert by this very account had been answered well before this moment.
    fn was_there_before(&self, account: request::Account, moment: u64) -> bool {
        self.history.invocations.iter().filter(|other| other.ended < moment).any(|other| {
            let (Body::Upsert(upsert), Some(Said::Upserted(results))) =
                (&self.plan.requests[other.request].body, &other.heard)
            else {
                return false;
            };
            upsert.items.iter().zip(results).any(|(item, result)| {
                result.extended_info.is_success() && item.account.or(upsert.account) == Some(account)
            })
        })
    }

    /// The table is the last that is seen of every contact.
    fn table(&mut self) {
        for (id, stored) in &self.table.contacts {
            let known = self.known.contact(*id);
            if known.is_none_or(|known| known.link_id != stored.link_id) {
                self.wrong(Some(*id), format!("a contact that nobody sent: {stored:?}"));
            }
            self.life(*id);
        }
        let accounts: Vec<_> = self.table.accounts().collect();
        for account in accounts {
            if self.known.accounts.iter().all(|(_, known)| *known != account) {
                self.wrong(None, format!("an account that nobody named: {account}"));
            }
        }
        for (id, life) in &mut self.events {
            let contact = self.table.contacts.get(id).map(|stored| stored.contact.clone());
            let event = Event::Is(contact);
            life.events.push(Spanned { event, begun: u64::MAX, ended: u64::MAX, is_certain: true });
        }
    }

    fn explain(&mut self) {
        let lives = std::mem::take(&mut self.events);
        for (contact, life) in &lives {
            self.verdict.explained += 1;
            if life.events.len() + life.before.len() >= MOST_EVENTS {
                self.wrong(Some(*contact), "too much happened to a contact to be explained");
            } else if is_explained(&life.events) {
            } else if is_explained(&life.all()) {
                self.verdict.twice += 1;
            } else {
                let label = self.known.label(*contact).to_owned();
                self.wrong(Some(*contact), format!("no order explains what happened to {label} ({contact})"));
            }
        }
        if self.verdict.violations.is_empty() {
            self.explain_refusals(&lives);
        }
    }

    /// What a delete of several contacts says of all of them together must be true of some, each by itself.
    fn explain_refusals(&mut self, lives: &BTreeMap<u64, Life>) {
        for invocation in &self.history.invocations {
            let (Body::Delete(delete), Some(Said::Deleted { code: code @ (3 | 5), .. })) =
                (&self.plan.requests[invocation.request].body, &invocation.heard)
            else {
                continue;
            };
            let Meant::One(account) = self.table.meant_by(delete.account) else { continue };
            let can_be = |event: &Event| {
                delete.contacts.iter().any(|id| {
                    let mut life = lives.get(&self.known.ids(id.named()).1).cloned().unwrap_or_default();
                    let Invocation { begun, ended, .. } = *invocation;
                    life.events.push(Spanned { event: event.clone(), begun, ended, is_certain: true });
                    is_explained(&life.all())
                })
            };
            let other = if *code == 5 { Event::Missing } else { Event::There };
            let is_possible = delete.contacts.len() > 1
                && can_be(&Event::OnAccount(account))
                && can_be(&other)
                && can_be(&Event::NotOnAccount(account));
            if !is_possible {
                let what =
                    format!("a delete came to code {code} though that was true at no time: {delete:?}");
                self.verdict.violations.push(what);
            }
        }
    }
}

impl Life {
    fn all(&self) -> Vec<Spanned> {
        self.events.iter().chain(&self.before).cloned().collect()
    }
}
