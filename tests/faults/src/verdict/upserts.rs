//! The checks of an upsert and its response.

use std::collections::BTreeMap;

use contacts_model::{
    response::ItemResult,
    upsert::{AccountLookup, IdentifiedItem, Item as ModelItem, Refusal, identify},
};

use super::checker::{Checker, is_lost};
use crate::{
    event::Event,
    history::Invocation,
    request::{Item, Upsert},
    response::Response,
};

impl Checker<'_> {
    /// Checks the results by themselves, and adds what happened to each contact to its history.
    pub(super) fn check_upsert(&mut self, number: usize, invocation: &Invocation, upsert: &Upsert) {
        let results = match &invocation.response {
            Some(Response::Upserted(results)) => Some(results),
            _ => None,
        };
        let mut groups: BTreeMap<u64, (Vec<IdentifiedItem>, Vec<ItemResult>)> = BTreeMap::new();
        for (position, item) in upsert.items.iter().enumerate() {
            let result = results.map(|results| &results[position]);
            match identify(&self.catalog.tenant, &self.model_item(item, upsert)) {
                Err(refusal) => self.check_refusal(item, result, refusal),
                Ok(identified) => {
                    self.check_link_id(identified.contact_id, item, result);
                    let (items, group_results) = groups.entry(identified.contact_id).or_default();
                    items.push(identified);
                    group_results.extend(result.cloned());
                }
            }
        }
        for (contact, (items, group_results)) in groups {
            self.add_unreported_upserts(number, contact, &items);
            if results.is_some() {
                let event = Event::Upserted { invocation: number, items, results: group_results };
                self.add_reported(contact, invocation, event);
            }
        }
    }

    fn model_item(&self, item: &Item, upsert: &Upsert) -> ModelItem {
        let ids = item.contact.map(|contact| contact.given(self.catalog.ids(contact.key())));
        let (contact_id, link_id) = ids.unwrap_or_default();
        let account = item.account.or(upsert.account);
        let account = account.map_or(AccountLookup::NotNamed, |account| self.table.look_up(account));
        ModelItem { contact_id, link_id, account, fields: item.fields.clone() }
    }

    /// An item that means no contact must be refused, whatever is stored.
    fn check_refusal(&mut self, item: &Item, result: Option<&ItemResult>, refusal: Refusal) {
        if let Some(result) = result.filter(|result| !result.reports(&Err(refusal))) {
            self.violation(format!("{refusal:?} was due for {item:?}, not {result:?}"));
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

    /// Adds the writes that the response doesn't report: all of an invocation without a complete response, else
    /// those whose answer was lost.
    fn add_unreported_upserts(&mut self, number: usize, contact: u64, items: &[IdentifiedItem]) {
        let event = || Event::UpsertedUnknown { invocation: number, items: items.to_vec() };
        if self.history.invocations[number].is_completed() {
            for interval in self.writes(number, contact, is_lost) {
                self.contact(contact).add_lost_first_try(event(), interval);
            }
        } else {
            for interval in self.writes(number, contact, |_| true) {
                self.contact(contact).add_uncertain(event(), interval);
            }
        }
    }
}
