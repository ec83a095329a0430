//! The checks of what refused deletes say about several contacts together.

use contacts_model::{
    delete::{NOT_ALL_FOUND, Presence, TOO_MANY_CONTACTS},
    upsert::AccountLookup,
};

use super::checker::Checker;
use crate::{
    event::Event,
    history::{Attempt, WriteEffect},
    request::{Body, Delete},
    response::Response,
};

impl Checker<'_> {
    /// Checks that each contact may have been where the code implies at some moment of the attempt. Contacts that the
    /// delete had deleted before count as on the account.
    pub(super) fn check_refused_deletes(&mut self) {
        let history = self.history;
        for attempt in &history.attempts {
            let Body::Delete(delete) = &self.request(attempt).body else { continue };
            let AccountLookup::Found(account_id) = self.table.look_up(delete.account) else { continue };
            let is_possible = match &attempt.response {
                Some(Response::Deleted { code: TOO_MANY_CONTACTS, .. }) => {
                    self.can_be_split(attempt, delete, account_id, Presence::OnOtherAccount)
                }
                Some(Response::Deleted { code: NOT_ALL_FOUND, .. }) => {
                    self.can_be_split(attempt, delete, account_id, Presence::Missing)
                }
                Some(Response::Incomplete) => self.can_be_refused(attempt, delete, account_id),
                Some(Response::Failed) if self.is_last_attempt(attempt) => {
                    self.can_be_refused(attempt, delete, account_id)
                }
                _ => continue,
            };
            if !is_possible {
                self.violation(format!("{:?} was true at no moment: {delete:?}", attempt.response));
            }
        }
    }

    /// Whether some contacts may have been on the account, and others where `other` says.
    fn can_be_split(&self, attempt: &Attempt, delete: &Delete, account_id: u64, other: Presence) -> bool {
        let contacts = self.contact_ids(delete);
        let may_be = |contact: &u64, presence| self.may_be(attempt, *contact, account_id, presence);
        let is_deleted = |contact: &u64| self.was_deleted_by(attempt, *contact);
        let found: Vec<u64> =
            contacts.iter().copied().filter(|id| is_deleted(id) || may_be(id, Presence::OnAccount)).collect();
        let not_found: Vec<u64> = contacts.iter().copied().filter(|id| may_be(id, other)).collect();
        let is_possible = match (&found[..], &not_found[..]) {
            ([], _) | (_, []) => false,
            ([one], [other]) => one != other,
            _ => true,
        };
        let all_are_somewhere = other != Presence::OnOtherAccount
            || contacts.iter().all(|id| found.contains(id) || not_found.contains(id));
        is_possible && all_are_somewhere
    }

    /// Whether the account may not have been there, or a contact not on it.
    fn can_be_refused(&self, attempt: &Attempt, delete: &Delete, account_id: u64) -> bool {
        if !self.existed_before(delete.account, attempt.start) {
            return true;
        }
        let elsewhere = [Presence::OnOtherAccount, Presence::Missing];
        self.contact_ids(delete).into_iter().any(|contact| {
            elsewhere.iter().any(|presence| self.may_be(attempt, contact, account_id, *presence))
        })
    }

    fn may_be(&self, attempt: &Attempt, contact: u64, account_id: u64, presence: Presence) -> bool {
        let history = self.contacts.get(&contact).cloned().unwrap_or_default();
        history.allows(self.refusal_interval(attempt), Event::Seen { account_id, presence })
    }

    /// Whether the same delete had deleted the contact before the end of this attempt. Without a key, each attempt is a
    /// delete of its own.
    fn was_deleted_by(&self, attempt: &Attempt, contact: u64) -> bool {
        let has_key = self.request(attempt).has_key();
        let is_same = |other: &&Attempt| {
            other.request == attempt.request && (has_key || other.invocation == attempt.invocation)
        };
        let mut writes = self.history.attempts.iter().filter(is_same).flat_map(|other| self.writes(other));
        writes.any(|write| {
            let is_applied = write.effect == WriteEffect::Applied;
            is_applied && write.start < attempt.end && write.contacts.contains(&contact)
        })
    }
}
