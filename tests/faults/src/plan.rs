//! What the callers of a schedule send. All of it is drawn before anything runs, about few contacts and
//! accounts, so that callers conflict.

use contacts_model::contact::Fields;

use crate::{
    request::{
        ACCOUNTS, ACME, Body, CallerPlan, ContactKey, ContactRef, Delete, FULL_TIME, Item, Request, Stall,
        Trigger, Upsert,
    },
    rng::SeededRng,
    workload_profile::{SHORT_TIME_OF_A_DELETE, WorkloadProfile},
};

/// How many contacts of a list a function always reads first: 16 concurrent chunks of 100.
const READ_FIRST: usize = 1_600;

/// The requests of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The tenant of all requests.
    pub(crate) tenant: String,
    /// All requests; an index into this list identifies a request.
    pub(crate) requests: Vec<Request>,
    /// The callers.
    pub(crate) callers: Vec<CallerPlan>,
    /// How many of a hundred reads get a fault; writes get twice as many.
    pub(crate) fault_percent: usize,
}

/// Whether a replay of a schedule repeats every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// Every step follows from the seed.
    Exact,
    /// Some steps depend on the order of concurrent calls, or on real time.
    Approximate,
}

impl Plan {
    /// Draws a plan.
    pub(crate) fn draw(rng: &mut SeededRng, seed: u64, schedule: u64) -> Self {
        let tenant = format!("seed-{seed}-schedule-{schedule}");
        let profile = WorkloadProfile::draw(rng);
        let mut requests = Vec::new();
        let mut callers: Vec<_> =
            (0..rng.between(2, 4)).map(|_| profile.draw_caller(rng, &mut requests)).collect();
        repeat_some(rng, &requests, &mut callers);
        match rng.below(100) {
            0..2 => Self::draw_long_delete(rng, tenant),
            2..5 => Self::draw_long_list(rng, tenant),
            _ => Self { tenant, requests, callers, fault_percent: rng.pick(&[5, 10, 20, 30]) },
        }
    }

    /// Concurrent calls of one function arrive in any order, and a short deadline ends by the clock.
    pub(crate) fn replay(&self) -> Replay {
        let is_exact =
            |request: &Request| !request.makes_concurrent_calls() && request.time_limit == FULL_TIME;
        let has_batches = self.callers.iter().any(|caller| caller.batch_size > 1);
        if self.requests.iter().all(is_exact) && !has_batches { Replay::Exact } else { Replay::Approximate }
    }

    /// A caller creates more contacts than one transaction takes and deletes them. Some transactions stay
    /// unanswered; the 503 must report what the others deleted.
    fn draw_long_delete(rng: &mut SeededRng, tenant: String) -> Self {
        let len = rng.between(101, 250);
        let contacts = (0..len).map(|number| ContactRef::LinkId(ContactKey::Number(number)));
        let item = |contact| {
            let fields = Fields {
                name: Some("name".to_owned()),
                mobile_number: Some("067".to_owned()),
                ..Fields::default()
            };
            Item { contact: Some(contact), account: None, fields }
        };
        let upsert = Upsert { account: Some(ACME), items: contacts.clone().map(item).collect() };
        let delete = Body::Delete(Delete { account: ACME, contacts: contacts.collect() });
        let trigger = rng.pick(&[
            Trigger::Http { key: None },
            Trigger::Http { key: Some(1) },
            Trigger::Http { key: Some(1) },
            Trigger::Direct,
            Trigger::EventBridge,
            Trigger::Sqs,
        ]);
        // Before its transactions, the function reads the token or the tenant, the account, the record of the key,
        // and 100 contacts a call.
        let first = 2 + len.div_ceil(100) + usize::from(trigger.has_key());
        let delete = Request {
            trigger,
            time_limit: SHORT_TIME_OF_A_DELETE,
            stall: Some(Stall::From(rng.between(first, first + 2))),
            max_tries: rng.between(1, 2),
            ..Request::new(delete)
        };
        let requests = vec![Request::new(Body::Upsert(upsert)), delete];
        // With a key, it is sent again when it is complete.
        let sent = if trigger.has_key() { vec![0, 1, 1] } else { vec![0, 1] };
        let caller = CallerPlan { requests: sent, batch_size: 1 };
        Self { tenant, requests, callers: vec![caller], fault_percent: 0 }
    }

    /// A caller creates so many contacts that the function writes some without reading them first. Two other
    /// callers work on exactly those.
    fn draw_long_list(rng: &mut SeededRng, tenant: String) -> Self {
        /// How many of the list's last contacts the others work on.
        const SHARED: usize = 30;
        let profile =
            WorkloadProfile { contacts: SHARED, max_items: 10, max_requests: 4, has_short_deadlines: false };
        let len = READ_FIRST + rng.between(100, 300);
        let item = |rng: &mut SeededRng, number| {
            let key = ContactKey::Number(number);
            let contact = if rng.chance(95) { ContactRef::LinkId(key) } else { ContactRef::Both(key) };
            Item { contact: Some(contact), ..profile.draw_item(rng, &format!("0.{number}"), &ACCOUNTS) }
        };
        let items = (0..len).map(|number| item(rng, number)).collect();
        let upsert = Body::Upsert(Upsert { account: Some(ACME), items });
        let key = rng.chance(50).then_some(0);
        let mut requests = vec![Request {
            trigger: Trigger::Http { key },
            max_tries: rng.between(1, 4),
            ..Request::new(upsert)
        }];
        let mut callers = vec![CallerPlan { requests: vec![0], batch_size: 1 }];
        callers.extend((0..2).map(|_| profile.draw_caller(rng, &mut requests)));
        requests[1..].iter_mut().for_each(|request| request.body.shift(len - SHARED));
        let fault_percent = rng.pick(&[0, 0, 1, 2]);
        Self { tenant, requests, callers, fault_percent }
    }
}

/// Has some requests with a key sent again, by any caller and at any time.
fn repeat_some(rng: &mut SeededRng, requests: &[Request], callers: &mut [CallerPlan]) {
    for (number, request) in requests.iter().enumerate() {
        if !request.has_key() || !rng.chance(25) {
            continue;
        }
        let caller = rng.below(callers.len());
        let sent = &mut callers[caller].requests;
        sent.insert(rng.between(0, sent.len()), number);
    }
}
