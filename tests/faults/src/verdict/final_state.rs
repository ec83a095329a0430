//! The checks of the table, and of each contact's history.

use super::{checker::Checker, contact_history::Explanation};
use crate::event::Event;

impl Checker<'_> {
    /// Checks that the table has only contacts and accounts that requests can have created, and adds each
    /// contact's final state to its history.
    pub(super) fn check_table(&mut self) {
        for (id, contact) in &self.table.contacts {
            if self.catalog.link_id(*id) != Some(contact.link_id) {
                self.contact_violation(*id, format!("a contact of no request: {contact:?}"));
            }
            self.contact(*id);
        }
        for account in self.table.account_ids() {
            if !self.catalog.has_account(account) {
                self.violation(format!("an account of no request: {account}"));
            }
        }
        for (id, history) in &mut self.contacts {
            history.add_final(Event::Read(self.table.contacts.get(id).cloned()));
        }
    }

    /// Checks that an order of its events explains each contact.
    pub(super) fn check_contact_histories(&mut self) {
        let explanations: Vec<_> =
            self.contacts.iter().map(|(contact, history)| (*contact, history.explain())).collect();
        for (contact, explanation) in explanations {
            self.verdict.checked += 1;
            match explanation {
                Explanation::Once => {}
                Explanation::Twice => self.verdict.written_twice += 1,
                Explanation::None => {
                    let label = self.catalog.label(contact);
                    let text = format!("no order explains the events of {label} ({contact})");
                    self.contact_violation(contact, text);
                }
                Explanation::TooManyEvents => {
                    self.contact_violation(contact, "a contact has too many events to be checked");
                }
            }
        }
    }
}
