//! The checks of a delete and its response.

use contacts_model::{
    delete::{NOT_ALL_FOUND, NOT_FOUND, Presence, SUCCESS, TOO_MANY_CONTACTS, VALIDATION_FAILED},
    response::{DeletedContact, MAX_TRANSACTION},
    upsert::AccountLookup,
};

use super::checker::{Checker, is_lost};
use crate::{
    event::Event,
    history::Invocation,
    request::{AccountParams, Body, Delete},
    response::Response,
};

impl Checker<'_> {
    /// Checks the response by itself, and adds what happened to each contact to its history.
    pub(super) fn check_delete(&mut self, number: usize, invocation: &Invocation, delete: &Delete) {
        let contacts = self.contact_ids(delete);
        let (code, deleted): (_, &[DeletedContact]) = match &invocation.response {
            Some(Response::Deleted { code, deleted }) => (Some(*code), deleted),
            Some(Response::Unavailable { deleted }) => (None, deleted),
            Some(Response::Upserted(_)) | None => (None, &[]),
        };
        self.check_deleted(&contacts, code, deleted);
        let AccountLookup::Found(account_id) = self.table.look_up(delete.account) else {
            if code.is_some_and(|code| code != VALIDATION_FAILED) {
                self.violation(format!("code {code:?} for an account that doesn't exist"));
            }
            return;
        };
        if code == Some(VALIDATION_FAILED) && self.existed_before(delete.account, invocation.start) {
            self.violation("an account is unknown to a delete, though an earlier response reported it");
        }
        // The tokens of its transactions tell a delete with a complete response what all of them did.
        if !invocation.is_completed() {
            for contact in &contacts {
                self.add_unreported_deletes(number, *contact, account_id);
            }
        }
        for shown in deleted {
            let link_id = self.catalog.link_id(shown.contact_id).map(|link_id| link_id.to_string());
            if link_id.as_ref() != Some(&shown.link_id) {
                let text = format!("a deleted contact with ids of another: {shown:?}");
                self.contact_violation(shown.contact_id, text);
            }
            let event = Event::Deleted { account_id, shown: shown.clone() };
            self.add_reported(shown.contact_id, invocation, event);
        }
        if code == Some(NOT_FOUND) {
            for contact in contacts {
                self.add_reported(contact, invocation, Event::NotOnAccount { account_id });
            }
        }
    }

    fn contact_ids(&self, delete: &Delete) -> Vec<u64> {
        delete.contacts.iter().map(|contact| self.catalog.ids(contact.key()).contact_id).collect()
    }

    /// All or nothing, in request order (contract: "Delete").
    fn check_deleted(&mut self, contacts: &[u64], code: Option<u8>, deleted: &[DeletedContact]) {
        let deleted: Vec<u64> = deleted.iter().map(|shown| shown.contact_id).collect();
        let in_request_order: Vec<u64> = contacts.iter().copied().filter(|id| deleted.contains(id)).collect();
        if deleted != in_request_order {
            self.violation(format!("a delete of {contacts:?} reports {deleted:?}"));
        }
        if code == Some(SUCCESS) && deleted.len() != contacts.len() {
            self.violation("a successful delete doesn't report all contacts");
        }
        if code != Some(SUCCESS) && !deleted.is_empty() && contacts.len() <= MAX_TRANSACTION {
            self.violation("a failed delete in one transaction reports deleted contacts");
        }
    }

    /// Adds the transactions of a delete that its response doesn't report. A 503 reports those that the store
    /// acknowledged.
    fn add_unreported_deletes(&mut self, number: usize, contact: u64, account_id: u64) {
        let has_response = self.history.invocations[number].response.is_some();
        for interval in self.writes(number, contact, |write| !has_response || is_lost(write)) {
            self.contact(contact).add_uncertain(Event::DeletedUnknown { account_id }, interval);
        }
    }

    /// Whether an upsert with the same account params had succeeded before this moment.
    fn existed_before(&self, account: AccountParams, moment: u64) -> bool {
        self.history.invocations.iter().filter(|other| other.end < moment).any(|other| {
            let (Body::Upsert(upsert), Some(Response::Upserted(results))) =
                (&self.plan.requests[other.request].body, &other.response)
            else {
                return false;
            };
            upsert.items.iter().zip(results).any(|(item, result)| {
                result.extended_info.is_success() && item.account.or(upsert.account) == Some(account)
            })
        })
    }

    /// Checks the codes that are about several contacts together: each contact may have been where the code
    /// implies at some moment of the invocation.
    pub(super) fn check_refused_deletes(&mut self) {
        for invocation in &self.history.invocations {
            let (Body::Delete(delete), Some(Response::Deleted { code, .. })) =
                (&self.plan.requests[invocation.request].body, &invocation.response)
            else {
                continue;
            };
            let AccountLookup::Found(account_id) = self.table.look_up(delete.account) else { continue };
            let other = match *code {
                TOO_MANY_CONTACTS => Presence::OnOtherAccount,
                NOT_ALL_FOUND => Presence::Missing,
                _ => continue,
            };
            let may_be = |contact: u64, presence| {
                let history = self.contacts.get(&contact).cloned().unwrap_or_default();
                history.allows(invocation, Event::Seen { account_id, presence })
            };
            let contacts = self.contact_ids(delete);
            let found: Vec<u64> =
                contacts.iter().copied().filter(|id| may_be(*id, Presence::OnAccount)).collect();
            let not_found: Vec<u64> = contacts.iter().copied().filter(|id| may_be(*id, other)).collect();
            let is_possible = match (&found[..], &not_found[..]) {
                ([], _) | (_, []) => false,
                ([one], [other]) => one != other,
                _ => true,
            };
            let all_are_somewhere = *code != TOO_MANY_CONTACTS
                || contacts.iter().all(|id| found.contains(id) || not_found.contains(id));
            if !is_possible || !all_are_somewhere {
                self.violation(format!("code {code} was true at no moment: {delete:?}"));
            }
        }
    }
}
