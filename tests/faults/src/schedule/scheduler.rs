//! The loop of a schedule: wait until all functions wait, draw a step, take it.

use std::time::Duration;

use tokio::{sync::mpsc, time::timeout};

use super::{
    caller::{Caller, RunningInvocation},
    context::ScheduleContext,
    pending_call::PendingCall,
};
use crate::{
    HarnessError,
    function::InvocationEnd,
    history::History,
    proxy::HeldCall,
    request::{FULL_TIME, Request},
    rng::SeededRng,
    store_call::StoreClient,
};

/// How long to wait for a function's next call or response. A function itself waits at most for its deadline.
const STEP_TIMEOUT: Duration = Duration::from_secs(40);

/// How long to wait for more calls of a function that makes several at once.
const CONCURRENT_CALLS_WINDOW: Duration = Duration::from_millis(4);

/// A running schedule.
pub(super) struct Scheduler<'s> {
    pub(super) context: &'s ScheduleContext<'s>,
    pub(super) rng: &'s mut SeededRng,
    pub(super) store: StoreClient,
    pub(super) callers: Vec<Caller>,
    pub(super) pending: Vec<PendingCall>,
    pub(super) phase: Phase,
    /// How many invocations there were.
    pub(super) invocations: usize,
    pub(super) history: History,
    pub(super) calls: Channel<HeldCall>,
    pub(super) ends: Channel<(usize, InvocationEnd)>,
}

/// Whether faults are injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Callers give requests up after some tries.
    Faults,
    /// Callers send again what they gave up, and each request must complete.
    Recovery,
}

/// A channel of which the schedule has both ends.
pub(super) struct Channel<T> {
    pub(super) sender: mpsc::UnboundedSender<T>,
    receiver: mpsc::UnboundedReceiver<T>,
}

impl<T> Channel<T> {
    fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, receiver }
    }
}

/// Something that can happen next.
#[derive(Clone, Copy)]
enum Step {
    /// This caller sends its next request.
    Send(usize),
    /// This pending call goes on.
    Call(usize),
}

/// Runs a schedule. Returns its history, and the failure that ended it early, if there was one.
pub(crate) async fn run(
    context: &ScheduleContext<'_>,
    rng: &mut SeededRng,
) -> (History, Result<(), HarnessError>) {
    let mut scheduler = Scheduler {
        context,
        rng,
        store: StoreClient::new(context.store_url.to_owned()),
        callers: context.plan.callers.iter().map(Caller::new).collect(),
        pending: Vec::new(),
        phase: Phase::Faults,
        invocations: 0,
        history: History::default(),
        calls: Channel::new(),
        ends: Channel::new(),
    };
    let result = scheduler.run().await;
    for process in scheduler.callers.into_iter().flat_map(|caller| caller.idle) {
        context.functions.put_back(process);
    }
    (scheduler.history, result)
}

impl Scheduler<'_> {
    async fn run(&mut self) -> Result<(), HarnessError> {
        self.run_phase().await?;
        self.phase = Phase::Recovery;
        self.history.note("faults end here");
        for caller in &mut self.callers {
            caller.requests = std::mem::take(&mut caller.abandoned);
        }
        self.run_phase().await
    }

    async fn run_phase(&mut self) -> Result<(), HarnessError> {
        loop {
            self.wait_until_all_functions_wait().await?;
            let steps = self.possible_steps();
            if steps.is_empty() {
                return Ok(());
            }
            match self.rng.pick(&steps) {
                Step::Send(caller) => self.send_request(caller).await?,
                Step::Call(index) => self.advance_call(index).await?,
            }
        }
    }

    fn possible_steps(&self) -> Vec<Step> {
        // A request with a short deadline runs alone, so that its time runs out at a predictable step.
        if let Some(caller) = self.caller_with_short_deadline() {
            let pending = self.pending.iter().enumerate();
            let its_calls = pending.filter(|(_, call)| call.caller == caller && !call.is_orphaned());
            return its_calls.map(|(index, _)| Step::Call(index)).collect();
        }
        let calls = (0..self.pending.len()).map(Step::Call);
        let callers = self.callers.iter().enumerate();
        let ready = callers.filter(|(_, caller)| caller.running.is_none() && !caller.requests.is_empty());
        calls.chain(ready.map(|(index, _)| Step::Send(index))).collect()
    }

    fn caller_with_short_deadline(&self) -> Option<usize> {
        self.callers.iter().position(|caller| {
            let running = caller.running.as_ref();
            running.is_some_and(|running| self.time_limit(self.first_request(running)) < FULL_TIME)
        })
    }

    /// The time limit of an invocation. Deadlines are short only while there are faults.
    pub(super) fn time_limit(&self, request: &Request) -> Duration {
        match self.phase {
            Phase::Faults => request.time_limit,
            Phase::Recovery => FULL_TIME,
        }
    }

    /// The first request of an invocation, which decides on its time and its stalls.
    fn first_request(&self, running: &RunningInvocation) -> &Request {
        &self.context.plan.requests[running.sent[0].queued.number]
    }

    async fn wait_until_all_functions_wait(&mut self) -> Result<(), HarnessError> {
        loop {
            let all_wait = self.all_functions_wait();
            if all_wait && !self.may_get_more_calls() {
                break;
            }
            let limit = if all_wait { CONCURRENT_CALLS_WINDOW } else { STEP_TIMEOUT };
            let arrival = async {
                tokio::select! {
                    Some(call) = self.calls.receiver.recv() => Ok(call),
                    Some(end) = self.ends.receiver.recv() => Err(end),
                    else => unreachable!("the scheduler has a sender of both channels"),
                }
            };
            match timeout(limit, arrival).await {
                Ok(Ok(call)) => self.call_arrived(call)?,
                Ok(Err((caller, end))) => self.invocation_ended(caller, end)?,
                Err(_) if all_wait => break,
                Err(_) => return Err("a function neither responds nor calls the store".into()),
            }
        }
        self.pending.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
        Ok(())
    }

    fn all_functions_wait(&self) -> bool {
        self.callers.iter().enumerate().all(|(caller, state)| {
            let has_call = || self.pending.iter().any(|call| call.caller == caller && !call.is_orphaned());
            state.running.is_none() || has_call()
        })
    }

    fn may_get_more_calls(&self) -> bool {
        let running = self.callers.iter().filter_map(|caller| caller.running.as_ref());
        running.into_iter().any(|running| running.makes_concurrent_calls)
    }
}
