//! The checks of idempotency keys: what a request that is sent again must answer.

use contacts_model::{delete::SUCCESS, response::MAX_TRANSACTION_WITH_KEY};

use super::checker::{Checker, is_lost};
use crate::{
    history::{Attempt, StoreWrite, WriteEffect},
    request::{Body, Mode},
    response::{EnvelopeText, Response},
};

impl<'a> Checker<'a> {
    /// Checks the responses to all requests with a key.
    pub(super) fn check_keys(&mut self) {
        let history = self.history;
        for attempt in &history.attempts {
            if !self.request(attempt).has_key() {
                continue;
            }
            if attempt.response == Some(Response::KeyReused) {
                self.check_reused_key(attempt);
            } else {
                self.check_bound_key(attempt);
            }
            if let Body::Delete(_) = self.request(attempt).body {
                self.check_repeated_delete(attempt);
            }
        }
    }

    /// A 422 needs another body that came with the key before the response.
    fn check_reused_key(&mut self, attempt: &Attempt) {
        let others = self.others_with_the_key(attempt);
        let may_have_bound = |other: &&Attempt| {
            other.start < attempt.end && !other.response.as_ref().is_some_and(binds_nothing)
        };
        if !others.iter().any(may_have_bound) {
            self.violation("a key is reused that came with no other body");
        }
        if self.completion(attempt).is_some() {
            self.violation("a key is reused that is bound to this very body");
        }
    }

    /// A request must get a 422 if its key was bound by another body.
    fn check_bound_key(&mut self, attempt: &Attempt) {
        if !attempt.response.as_ref().is_some_and(has_effect) {
            return;
        }
        let is_bound =
            |other: &&Attempt| other.end < attempt.start && other.response.as_ref().is_some_and(has_effect);
        if self.others_with_the_key(attempt).iter().any(is_bound) {
            self.violation("another body took effect with a key that was bound");
        }
    }

    /// A delete that was carried out is answered as it was the first time.
    fn check_repeated_delete(&mut self, attempt: &Attempt) {
        let Some(completion) = self.completion(attempt) else { return };
        let is_refused = match &attempt.response {
            Some(Response::Deleted { code, .. }) => *code != SUCCESS,
            Some(Response::Incomplete | Response::KeyReused) => true,
            Some(Response::Failed) => self.is_last_attempt(attempt),
            _ => false,
        };
        let is_own = |write: &StoreWrite| write.effect == WriteEffect::Applied && !is_lost(write);
        let has_completed = attempt.start > completion
            || (self.is_one_transaction(attempt) && self.writes(attempt).any(is_own));
        if is_refused && has_completed {
            self.violation(format!("{:?} after the delete was carried out", attempt.response));
        }
        let first = self.attempts_of(attempt).into_iter().find_map(success_of);
        let answer = success_of(attempt);
        if answer.is_some() && first != answer {
            self.violation("two successes of a delete differ");
        }
    }

    /// When a delete was carried out: as its record says, which is in its only transaction, or as an answer says.
    fn completion(&self, attempt: &Attempt) -> Option<u64> {
        let attempts = self.attempts_of(attempt);
        let is_one_transaction = self.is_one_transaction(attempt);
        let writes = attempts.iter().flat_map(|other| self.writes(other));
        let applied = writes.filter(|write| is_one_transaction && write.effect == WriteEffect::Applied);
        let answered = attempts.iter().filter(|other| {
            matches!(&other.response, Some(Response::Deleted { code: SUCCESS, .. } | Response::Done))
        });
        applied.map(|write| write.end).chain(answered.map(|other| other.end)).min()
    }

    /// The moments at which a refusal of a delete by this attempt may have been true. If the delete of its key took effect, in one
    /// transaction, these are before it: afterwards, the attempt had to be answered like the one that succeeded.
    pub(super) fn refusal_interval(&self, attempt: &Attempt) -> (u64, u64) {
        let is_limited = self.request(attempt).has_key() && self.is_one_transaction(attempt);
        let writes = self.attempts_of(attempt).into_iter().flat_map(|other| self.writes(other));
        let applied = writes.filter(|write| is_limited && write.effect == WriteEffect::Applied);
        let took_effect = applied.map(|write| write.start - 1).min();
        (attempt.start, took_effect.map_or(attempt.end, |moment| moment.min(attempt.end)))
    }

    /// Whether the request is a delete of one transaction.
    fn is_one_transaction(&self, attempt: &Attempt) -> bool {
        match &self.request(attempt).body {
            Body::Delete(delete) => delete.contacts.len() <= MAX_TRANSACTION_WITH_KEY,
            Body::Upsert(_) => false,
        }
    }

    /// All attempts of the same request.
    fn attempts_of(&self, attempt: &Attempt) -> Vec<&'a Attempt> {
        self.history.attempts.iter().filter(|other| other.request == attempt.request).collect()
    }

    /// The attempts of other requests to the same function with the same key.
    fn others_with_the_key(&self, attempt: &Attempt) -> Vec<&'a Attempt> {
        let request = self.request(attempt);
        let has_key = |other: &&Attempt| {
            let another = self.request(other);
            other.request != attempt.request
                && another.mode == Mode::Apply
                && another.trigger.key() == request.trigger.key()
                && another.body.kind() == request.body.kind()
        };
        if request.trigger.key().is_none() {
            return Vec::new();
        }
        self.history.attempts.iter().filter(has_key).collect()
    }

    /// Whether no later attempt of the same request was made.
    pub(super) fn is_last_attempt(&self, attempt: &Attempt) -> bool {
        self.attempts_of(attempt).iter().all(|other| other.start <= attempt.start)
    }
}

/// Whether a response says that something was carried out.
fn has_effect(response: &Response) -> bool {
    match response {
        Response::Upserted(results) => results.iter().any(|result| result.extended_info.is_success()),
        Response::Deleted { code, .. } => *code == SUCCESS,
        _ => false,
    }
}

/// Whether a response says that its attempt bound no key.
fn binds_nothing(response: &Response) -> bool {
    match response {
        Response::KeyReused => true,
        Response::Deleted { code, deleted, .. } => *code != SUCCESS && deleted.is_empty(),
        _ => false,
    }
}

fn success_of(attempt: &Attempt) -> Option<&EnvelopeText> {
    match &attempt.response {
        Some(Response::Deleted { code: SUCCESS, body, .. }) => Some(body),
        _ => None,
    }
}
