//! A request, and how its caller sends it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    body::Body,
    contact_ref::{ContactIds, ContactKey},
    trigger::Trigger,
};

/// The time limit of a function on Lambda.
pub(crate) const FULL_TIME: Duration = runtime_api::TIME_LIMIT;

/// A request, and how its caller sends it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The body, without `validate_only`.
    pub(crate) body: Body,
    /// Whether it asks only what it would do.
    pub(crate) mode: Mode,
    /// The trigger that it is sent through.
    pub(crate) trigger: Trigger,
    /// The time limit of the invocation.
    pub(crate) time_limit: Duration,
    /// Which of the function's calls to the store stay unanswered.
    pub(crate) stall: Option<Stall>,
    /// How often the caller sends it, while there are faults, before it goes on to its next request.
    pub(crate) max_tries: usize,
    /// Whether it starts a new process of the function, as after a shutdown.
    pub(crate) needs_new_function: bool,
}

/// Whether a request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Apply,
    ValidateOnly,
}

/// The calls to the store that stay unanswered, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stall {
    /// This call and all after it. The function runs out of time.
    From(usize),
    /// This call. The function abandons it and retries.
    Only(usize),
}

impl Stall {
    /// Whether the call of this number stays unanswered.
    pub(crate) fn includes(self, number: usize) -> bool {
        match self {
            Self::From(first) => number >= first,
            Self::Only(one) => number == one,
        }
    }
}

impl Request {
    /// A request that is sent without a key to API Gateway, once, with the time limit of a function on Lambda.
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body,
            mode: Mode::Apply,
            trigger: Trigger::Http { key: None },
            time_limit: FULL_TIME,
            stall: None,
            max_tries: 1,
            needs_new_function: false,
        }
    }

    /// Whether sending it again is the same operation.
    pub(crate) fn has_key(&self) -> bool {
        self.trigger.has_key()
    }

    /// Whether the function may have several calls to the store open at once. With a key, a delete reads the
    /// record of the key beside the account.
    pub(crate) fn makes_concurrent_calls(&self) -> bool {
        match &self.body {
            Body::Upsert(upsert) => upsert.items.len() > 25 || upsert.distinct_accounts() > 1,
            Body::Delete(delete) => delete.contacts.len() > 100 || self.has_key(),
        }
    }

    /// Writes the body as JSON.
    pub(crate) fn json(&self, tenant: &str, ids: impl Fn(ContactKey) -> ContactIds) -> Value {
        let mut body = self.body.json(tenant, ids);
        if self.mode == Mode::ValidateOnly {
            body["validate_only"] = json!(true);
        }
        body
    }
}
