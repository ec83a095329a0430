//! The checks of deletes and their responses. All attempts with one key are one delete.

use std::{collections::BTreeMap, ptr};

use contacts_model::{
    delete::{NOT_FOUND, SUCCESS, VALIDATION_FAILED},
    response::{DeletedContact, MAX_TRANSACTION, MAX_TRANSACTION_WITH_KEY},
    upsert::AccountLookup,
};

use super::checker::{Checker, is_lost};
use crate::{
    event::{Event, Operation},
    history::{Attempt, WriteEffect},
    request::{AccountParams, Body, Delete, Item, Mode},
    response::Response,
};

/// A deleted contact, as responses report it.
struct Reported {
    shown: Option<DeletedContact>,
    /// The end of the first attempt that reported it.
    end: u64,
}

/// The contacts that a response reports as deleted, and their fields if it shows them.
fn reported(response: Option<&Response>, contacts: &[u64]) -> Vec<(u64, Option<DeletedContact>)> {
    match response {
        Some(Response::Deleted { deleted, .. } | Response::Unavailable { deleted }) => {
            deleted.iter().map(|shown| (shown.contact_id, Some(shown.clone()))).collect()
        }
        Some(Response::Interrupted { deleted }) => deleted.iter().map(|id| (*id, None)).collect(),
        Some(Response::Done) => contacts.iter().map(|id| (*id, None)).collect(),
        _ => Vec::new(),
    }
}

impl Checker<'_> {
    /// Checks the responses by themselves, and adds what happened to each contact to its history.
    pub(super) fn check_deletes(&mut self) {
        let mut operations: BTreeMap<Operation, Vec<&Attempt>> = BTreeMap::new();
        let history = self.history;
        for (index, attempt) in history.attempts.iter().enumerate() {
            if let Body::Delete(delete) = &self.request(attempt).body {
                self.check_delete_response(attempt, delete);
                operations.entry(self.operation(index)).or_default().push(attempt);
            }
        }
        for attempts in operations.values() {
            self.add_deletes(attempts);
        }
    }

    pub(super) fn contact_ids(&self, delete: &Delete) -> Vec<u64> {
        delete.contacts.iter().map(|contact| self.catalog.ids(contact.key()).contact_id).collect()
    }

    /// All or nothing, in request order (contract: "Delete").
    fn check_delete_response(&mut self, attempt: &Attempt, delete: &Delete) {
        let contacts = self.contact_ids(delete);
        let code = match &attempt.response {
            Some(Response::Deleted { code, .. }) => Some(*code),
            _ => None,
        };
        let deleted: Vec<u64> =
            reported(attempt.response.as_ref(), &contacts).into_iter().map(|(id, _)| id).collect();
        let in_request_order: Vec<u64> = contacts.iter().copied().filter(|id| deleted.contains(id)).collect();
        if deleted != in_request_order {
            self.violation(format!("a delete of {contacts:?} reports {deleted:?}"));
        }
        if code == Some(SUCCESS) && deleted.len() != contacts.len() {
            self.violation("a successful delete doesn't report all contacts");
        }
        let has_key = self.request(attempt).has_key();
        let max_transaction = if has_key { MAX_TRANSACTION_WITH_KEY } else { MAX_TRANSACTION };
        if code.is_some_and(|code| code != SUCCESS)
            && !deleted.is_empty()
            && contacts.len() <= max_transaction
        {
            self.violation("a failed delete in one transaction reports deleted contacts");
        }
        let is_known = self.table.look_up(delete.account) != AccountLookup::Conflict;
        if !is_known && code.is_some_and(|code| code != VALIDATION_FAILED) {
            self.violation(format!("code {code:?} for an account that doesn't exist"));
        }
        if !is_known && attempt.response == Some(Response::Done) {
            self.violation("a message is done, but its account doesn't exist");
        }
        if code == Some(VALIDATION_FAILED) && self.existed_before(delete.account, attempt.start) {
            self.violation("an account is unknown to a delete, though an earlier response reported it");
        }
    }

    /// Adds what happened to each contact of a delete to its history.
    fn add_deletes(&mut self, attempts: &[&Attempt]) {
        let Body::Delete(delete) = &self.request(attempts[0]).body else { return };
        let AccountLookup::Found(account_id) = self.table.look_up(delete.account) else { return };
        let contacts = self.contact_ids(delete);
        for attempt in attempts {
            if let Some(Response::Deleted { code: NOT_FOUND, .. }) = attempt.response {
                let interval = self.refusal_interval(attempt);
                for contact in &contacts {
                    self.contact(*contact).add_reported(interval, Event::NotOnAccount { account_id });
                }
            }
        }
        if self.request(attempts[0]).mode == Mode::ValidateOnly {
            for (contact, shown) in reported(attempts[0].response.as_ref(), &contacts) {
                if let Some(shown) = shown {
                    self.check_ids(&shown);
                    let event = Event::DeleteValidated { account_id, shown };
                    self.add_reported(contact, attempts[0], event);
                }
            }
            return;
        }
        let start = attempts.iter().map(|attempt| attempt.start).min().unwrap_or_default();
        let reported = self.reported_contacts(attempts, &contacts);
        self.add_unreported_deletes(attempts, account_id, &reported);
        for (contact, Reported { shown, end }) in reported {
            let writes = attempts.iter().flat_map(|attempt| self.writes(attempt));
            let mut deleting = writes.filter(|write| write.effect == WriteEffect::Applied);
            let write = deleting.find(|write| write.contacts.contains(&contact));
            let interval = write.map_or((start, end), |write| (write.start, write.end));
            self.contact(contact).add_reported(interval, Event::Deleted { account_id, shown });
        }
    }

    /// The contacts that the responses to a delete report. A delete deletes each contact once, however often it is sent.
    fn reported_contacts(&mut self, attempts: &[&Attempt], contacts: &[u64]) -> BTreeMap<u64, Reported> {
        let mut all: BTreeMap<u64, Reported> = BTreeMap::new();
        for attempt in attempts {
            for (contact, shown) in reported(attempt.response.as_ref(), contacts) {
                if let Some(shown) = &shown {
                    self.check_ids(shown);
                }
                let one = all.entry(contact).or_insert(Reported { shown: None, end: u64::MAX });
                one.end = one.end.min(attempt.end);
                if one.shown.is_some() && shown.is_some() && one.shown != shown {
                    let text = format!("a delete shows a contact as {:?}, then as {shown:?}", one.shown);
                    self.contact_violation(contact, text);
                } else if shown.is_some() {
                    one.shown = shown;
                }
            }
        }
        all
    }

    fn check_ids(&mut self, shown: &DeletedContact) {
        let link_id = self.catalog.link_id(shown.contact_id).map(|link_id| link_id.to_string());
        if link_id.as_ref() != Some(&shown.link_id) {
            let text = format!("a deleted contact with ids of another: {shown:?}");
            self.contact_violation(shown.contact_id, text);
        }
    }

    /// Adds the transactions that took effect and that no response reports. That is a violation if a
    /// response had to report them: a complete one of the same or a later attempt, or a 503 after the store's answer arrived.
    fn add_unreported_deletes(
        &mut self,
        attempts: &[&Attempt],
        account_id: u64,
        reported: &BTreeMap<u64, Reported>,
    ) {
        for attempt in attempts {
            for write in self.writes(attempt).filter(|write| write.effect == WriteEffect::Applied) {
                let is_due = attempts.iter().any(|other| match &other.response {
                    Some(Response::Deleted { .. }) => write.end < other.start || ptr::eq(*other, *attempt),
                    Some(Response::Unavailable { .. } | Response::Interrupted { .. }) => {
                        ptr::eq(*other, *attempt) && !is_lost(write)
                    }
                    _ => false,
                });
                for contact in write.contacts.iter().filter(|contact| !reported.contains_key(contact)) {
                    if is_due {
                        self.contact_violation(*contact, "a contact was deleted, and no response reports it");
                    }
                    let event = Event::Deleted { account_id, shown: None };
                    self.contact(*contact).add_reported((write.start, write.end), event);
                }
            }
        }
    }

    /// Whether an upsert with the same account params had succeeded before this moment.
    pub(super) fn existed_before(&self, account: AccountParams, moment: u64) -> bool {
        let earlier = self.history.attempts.iter().filter(|other| other.end < moment);
        earlier.filter(|other| self.request(other).mode == Mode::Apply).any(|other| {
            let Body::Upsert(upsert) = &self.request(other).body else { return false };
            let names = |item: &Item| item.account.or(upsert.account) == Some(account);
            match &other.response {
                Some(Response::Upserted(results)) => {
                    let mut items = upsert.items.iter().zip(results);
                    items.any(|(item, result)| result.extended_info.is_success() && names(item))
                }
                Some(Response::Done) => upsert.items.iter().any(names),
                _ => false,
            }
        })
    }
}
