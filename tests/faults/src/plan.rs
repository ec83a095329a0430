//! What the callers of a schedule send: drawn as a whole before anything runs. Few contacts and accounts,
//! so that callers meet.

use crate::{
    draw::Draw,
    request::{ACME, Body, Delete, FULL_TIME, Fields, Id, Item, Named, Request, Stall, Upsert},
    style::{SHORT_TIME_OF_A_DELETE, Style},
};

/// How many contacts of a list a function reads in any case: 16 calls' worth, all under way at once.
const READ_FIRST: u32 = 1_600;

/// The callers of a schedule, each with its requests in order.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The tenant that all of them call for.
    pub(crate) tenant: String,
    /// All requests; a request is known by its place here.
    pub(crate) requests: Vec<Request>,
    /// Which requests each caller sends, one after the other.
    pub(crate) callers: Vec<Vec<usize>>,
    /// How many calls to the store, of a hundred, something happens to.
    pub(crate) fault_percent: usize,
}

impl Plan {
    /// Whether all that happens follows from what was drawn. Calls that a function makes at once come in any
    /// order, and a request with little time ends by the clock.
    pub(crate) fn is_exact(&self) -> bool {
        self.requests.iter().all(|request| !request.calls_at_once() && request.time_limit == FULL_TIME)
    }

    /// A caller creates more contacts than one transaction takes and deletes them, and some transactions
    /// are never answered. The 503 must tell of what the others removed.
    fn of_a_long_delete(draw: &mut Draw, tenant: String) -> Self {
        let count = u32::try_from(draw.between(101, 250)).unwrap_or(101);
        let ids = (0..count).map(|number| Id::Link(Named::Number(number)));
        let item = |id: Id| {
            let fields =
                Fields { name: Some("name".to_owned()), number: Some("067".to_owned()), ..Fields::default() };
            Item { id: Some(id), account: None, fields }
        };
        let upsert = Upsert { account: Some(ACME), items: ids.clone().map(item).collect() };
        // Before its transactions, it looks for the token and the account, and reads 100 contacts a call.
        let first = 2 + count.div_ceil(100) as usize;
        let stall = Stall::From(draw.between(first, first + 2));
        let request =
            |body, time_limit, stall| Request { body, time_limit, stall, tries: 1, on_a_new_function: false };
        let delete = Body::Delete(Delete { account: ACME, contacts: ids.collect() });
        let requests = vec![
            request(Body::Upsert(upsert), FULL_TIME, None),
            request(delete, SHORT_TIME_OF_A_DELETE, Some(stall)),
        ];
        Self { tenant, requests, callers: vec![vec![0, 1]], fault_percent: 0 }
    }

    /// A caller creates so many contacts that the function comes to write some which it hasn't read, and
    /// two others are at work on just those.
    fn of_a_long_list(draw: &mut Draw, tenant: String) -> Self {
        /// How many of the list's last contacts the others know.
        const MET: u32 = 30;
        let style = Style { contacts: MET, most_items: 10, most_requests: 4, short_of_time: false };
        let count = READ_FIRST + u32::try_from(draw.between(100, 300)).unwrap_or(100);
        let item = |draw: &mut Draw, number: u32| {
            let named = Named::Number(number);
            let id = if draw.chance(95) { Id::Link(named) } else { Id::Both(named) };
            Item { id: Some(id), ..style.item(draw, &format!("0.{number}")) }
        };
        let items = (0..count).map(|number| item(draw, number)).collect();
        let long = Upsert { account: Some(ACME), items };
        let mut requests = vec![Request {
            body: Body::Upsert(long),
            time_limit: FULL_TIME,
            stall: None,
            tries: draw.between(1, 4),
            on_a_new_function: false,
        }];
        let mut callers = vec![vec![0]];
        callers.extend((0..2).map(|_| style.caller(draw, &mut requests)));
        requests[1..].iter_mut().for_each(|request| request.body.shift(count - MET));
        let fault_percent = draw.pick(&[0, 0, 1, 2]);
        Self { tenant, requests, callers, fault_percent }
    }

    /// Draws a plan.
    pub(crate) fn draw(draw: &mut Draw, seed: u64, schedule: u64) -> Self {
        let tenant = format!("seed-{seed}-schedule-{schedule}");
        let style = Style::draw(draw);
        let mut requests = Vec::new();
        let callers = (0..draw.between(2, 4)).map(|_| style.caller(draw, &mut requests)).collect();
        match draw.below(100) {
            0..2 => Self::of_a_long_delete(draw, tenant),
            2..5 => Self::of_a_long_list(draw, tenant),
            _ => Self { tenant, requests, callers, fault_percent: draw.pick(&[5, 10, 20, 30]) },
        }
    }
}
