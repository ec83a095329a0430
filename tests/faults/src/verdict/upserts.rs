//! The checks of upserts and their responses.

use std::collections::{BTreeMap, BTreeSet};

use contacts_model::{
    ids,
    response::ItemResult,
    upsert::{AccountLookup, IdentifiedItem, Item as ModelItem, Refusal, identify},
};

use super::checker::{Checker, is_lost};
use crate::{
    event::{Event, Operation, Results, Upserted},
    history::Attempt,
    request::{Body, ContactRef, Item, Mode, Upsert},
    response::Response,
};

/// The items of an attempt about one contact, with their positions.
type Groups = BTreeMap<u64, Vec<(usize, IdentifiedItem)>>;

impl Checker<'_> {
    /// Checks the results by themselves, and adds what happened to each contact to its history.
    pub(super) fn check_upserts(&mut self) {
        let mut groups = BTreeMap::new();
        let history = self.history;
        for (index, attempt) in history.attempts.iter().enumerate() {
            if let Body::Upsert(upsert) = &self.request(attempt).body {
                groups.insert(index, self.check_items(attempt, upsert));
            }
        }
        for (index, contacts) in &groups {
            let attempt = &history.attempts[*index];
            for (contact, items) in contacts {
                let together = self.together(&groups, attempt, *contact);
                self.add_upsert(*index, attempt, *contact, items, &together);
            }
        }
    }

    /// Checks the result of each item by itself. Returns the items by contact.
    fn check_items(&mut self, attempt: &Attempt, upsert: &Upsert) -> Groups {
        let results = match &attempt.response {
            Some(Response::Upserted(results)) => Some(results),
            _ => None,
        };
        let mode = self.request(attempt).mode;
        let mut groups = Groups::new();
        let mut may_fail = false;
        for (position, item) in upsert.items.iter().enumerate() {
            let result = results.map(|results| &results[position]);
            match identify(&self.catalog.tenant, &self.model_item(item, upsert, mode)) {
                Err(refusal) => {
                    self.check_refusal(attempt, item, result, refusal);
                    may_fail = true;
                }
                Ok(identified) => {
                    self.check_link_id(identified.contact_id, item, result);
                    may_fail |= !is_complete(item, upsert);
                    groups.entry(identified.contact_id).or_default().push((position, identified));
                }
            }
        }
        let is_final_failure = match &attempt.response {
            Some(Response::Incomplete) => true,
            Some(Response::Failed) => self.is_last_attempt(attempt),
            _ => false,
        };
        if is_final_failure && !may_fail {
            self.violation(format!("{:?} of items that can't fail: {upsert:?}", attempt.response));
        }
        groups
    }

    fn model_item(&self, item: &Item, upsert: &Upsert, mode: Mode) -> ModelItem {
        let ids = item.contact.map(|contact| contact.given(self.catalog.ids(contact.key())));
        let (contact_id, link_id) = ids.unwrap_or_default();
        let account = match item.account.or(upsert.account) {
            None => AccountLookup::NotNamed,
            Some(account) => match (mode, account.code()) {
                // The account may never have been created.
                (Mode::ValidateOnly, Some(code)) => {
                    AccountLookup::Found(ids::account_id_by_code(&self.catalog.tenant, code))
                }
                _ => self.table.look_up(account),
            },
        };
        ModelItem { contact_id, link_id, account, fields: item.fields.clone() }
    }

    /// An item that means no contact must be refused, whatever is stored.
    fn check_refusal(
        &mut self,
        attempt: &Attempt,
        item: &Item,
        result: Option<&ItemResult>,
        refusal: Refusal,
    ) {
        if let Some(result) = result.filter(|result| !result.reports(&Err(refusal))) {
            self.violation(format!("{refusal:?} was due for {item:?}, not {result:?}"));
        }
        if attempt.response == Some(Response::Done) {
            self.violation(format!("{refusal:?} was due for {item:?}, but the message is done"));
        }
    }

    /// The result of an item that means a contact has its `link_id`, or none if the item failed and gave none.
    fn check_link_id(&mut self, contact: u64, item: &Item, result: Option<&ItemResult>) {
        let Some(result) = result else { return };
        let link_id = self.catalog.link_id(contact).map(|link_id| link_id.to_string());
        let is_right = if result.extended_info.is_success() {
            result.contact_id == Some(contact) && result.link_id == link_id
        } else {
            result.link_id.is_none() || (item.contact.is_some() && result.link_id == link_id)
        };
        if !is_right {
            self.contact_violation(contact, format!("a result with ids of another contact: {result:?}"));
        }
    }

    /// The operations of an attempt's invocation that have items about a contact.
    fn together(
        &self,
        groups: &BTreeMap<usize, Groups>,
        attempt: &Attempt,
        contact: u64,
    ) -> BTreeSet<Operation> {
        let is_together = |index: &usize| {
            let has_items = groups.get(index).is_some_and(|groups| groups.contains_key(&contact));
            has_items && self.history.attempts[*index].invocation == attempt.invocation
        };
        (0..self.history.attempts.len()).filter(is_together).map(|index| self.operation(index)).collect()
    }

    /// Adds what the response says of a contact, and the writes that it doesn't report: all of an attempt without a
    /// complete response, else those without a received answer.
    fn add_upsert(
        &mut self,
        index: usize,
        attempt: &Attempt,
        contact: u64,
        items: &[(usize, IdentifiedItem)],
        together: &BTreeSet<Operation>,
    ) {
        let operation = self.operation(index);
        let result_of = |results: &[ItemResult]| {
            items.iter().map(|(position, _)| results[*position].clone()).collect::<Vec<_>>()
        };
        let items: Vec<_> = items.iter().map(|(_, item)| item.clone()).collect();
        if self.request(attempt).mode == Mode::ValidateOnly {
            if let Some(Response::Upserted(results)) = &attempt.response {
                let event = Event::UpsertValidated { items, results: result_of(results) };
                self.add_reported(contact, attempt, event);
            }
            return;
        }
        let event = |results| {
            let (items, together) = (items.clone(), together.clone());
            Event::Upserted(Upserted { operation, together, items, results })
        };
        let results = match &attempt.response {
            Some(Response::Upserted(results)) => Some(Results::Known(result_of(results))),
            Some(Response::Done) => Some(Results::AllSucceeded),
            // The list was processed: its valid items are applied, and the response doesn't say which these are.
            Some(Response::Incomplete) => Some(Results::Unknown),
            Some(Response::Failed) if self.is_last_attempt(attempt) => Some(Results::Unknown),
            _ => None,
        };
        let is_reported = results.is_some();
        if let Some(results) = results {
            self.add_reported(contact, attempt, event(results));
        }
        if attempt.response == Some(Response::KeyReused) {
            return;
        }
        if !is_reported && attempt.response == Some(Response::Failed) && together.len() > 1 {
            // Together, the items of several messages may leave the contact as it is, so that nothing is written.
            let interval = (attempt.start, attempt.end);
            self.contact(contact).add_uncertain(event(Results::Unknown), interval);
        }
        for write in self.writes(attempt).filter(|write| write.contacts.contains(&contact)) {
            let interval = (write.start, write.end);
            if !is_reported {
                self.contact(contact).add_uncertain(event(Results::Unknown), interval);
            } else if is_lost(write) {
                self.contact(contact).add_lost_first_try(event(Results::Unknown), interval);
            }
        }
    }
}

/// Whether an item can create its contact, so that it succeeds whatever is stored.
fn is_complete(item: &Item, upsert: &Upsert) -> bool {
    let can_create = item.contact.is_none_or(ContactRef::is_link_id);
    let has_account = item.account.or(upsert.account).is_some();
    can_create && has_account && item.fields.name.is_some() && item.fields.mobile_number.is_some()
}
