//! What comes from the functions: calls to the store, and the ends of invocations.

use super::{
    caller::SentRequest,
    pending_call::{CallState, PendingCall},
    scheduler::{Phase, Scheduler},
};
use crate::{
    HarnessError,
    function::InvocationEnd,
    proxy::HeldCall,
    request::{Mode, Trigger},
    response::{self, Response},
    store_call::StoreOperation,
};

impl Scheduler<'_> {
    /// Keeps a call that a function has made.
    pub(super) fn call_arrived(&mut self, held: HeldCall) -> Result<(), HarnessError> {
        let running = self.callers.iter_mut().enumerate().find_map(|(caller, state)| {
            let running = state.running.as_mut()?;
            // A killed process makes no more calls; what arrives was on its way.
            (running.process == held.process && running.kill.is_some()).then_some((caller, running))
        });
        let Some((caller, running)) = running else { return Ok(()) };
        let operation = StoreOperation::from_headers(&held.headers).ok_or("an unknown call to the store")?;
        if running.mode == Mode::ValidateOnly && operation.is_write() {
            return Err("a request with `validate_only` writes".into());
        }
        let about = self.context.catalog.labels_in(str::from_utf8(&held.body)?);
        let (invocation, number) = (running.invocation, running.calls);
        let requests = running.sent.iter().map(|sent| sent.queued.number).collect();
        running.calls += 1;
        self.history.calls += 1;
        let state = CallState::Open;
        self.pending.push(PendingCall {
            caller,
            invocation,
            requests,
            number,
            operation,
            about,
            held,
            state,
        });
        Ok(())
    }

    /// Records how an invocation ended.
    pub(super) fn invocation_ended(&mut self, caller: usize, end: InvocationEnd) -> Result<(), HarnessError> {
        let running = self.callers[caller].running.take().expect("an invocation ends once");
        self.history.tick();
        let responses = match end {
            InvocationEnd::Responded(outcome, process) => {
                self.callers[caller].idle.push(*process);
                let requests: Vec<_> =
                    running.sent.iter().map(|sent| (sent.queued.number, &sent.body)).collect();
                let responses = response::read(running.trigger, &outcome, &running.request_id, &requests)?;
                self.history.note(format!("caller {caller} receives {responses:?}"));
                responses.into_iter().map(Some).collect()
            }
            InvocationEnd::Killed => {
                self.context.functions.proxy.unsubscribe(running.process);
                self.history.note(format!("caller {caller} receives nothing"));
                vec![None; running.sent.len()]
            }
            InvocationEnd::Failed(failure) => {
                self.history.note(format!("caller {caller}: {failure}"));
                return Err(failure.into());
            }
        };
        self.pending.retain(|call| call.invocation != running.invocation || call.is_orphaned());
        let end = self.history.tick();
        for (sent, response) in running.sent.into_iter().zip(responses) {
            let attempt = &mut self.history.attempts[sent.attempt];
            (attempt.end, attempt.response) = (end, response);
            self.choose_next_request(caller, &sent)?;
        }
        Ok(())
    }

    /// Has a caller retry a request, give it up, or go on to the next.
    fn choose_next_request(&mut self, caller: usize, sent: &SentRequest) -> Result<(), HarnessError> {
        let response = self.history.attempts[sent.attempt].response.as_ref();
        let is_over = match self.phase {
            Phase::Faults => response.is_some_and(Response::is_complete),
            Phase::Recovery => response.is_some_and(Response::is_final_without_faults),
        };
        let request = &self.context.plan.requests[sent.queued.number];
        let caller = &mut self.callers[caller];
        if is_over {
            return Ok(());
        } else if self.phase == Phase::Recovery {
            return Err("a request doesn't complete though no more faults are injected".into());
        } else if sent.queued.tries >= request.max_tries {
            caller.abandoned.push_back(sent.queued);
        } else if request.trigger == Trigger::Sqs {
            // A queue without an order.
            caller.requests.push_back(sent.queued);
        } else {
            caller.requests.push_front(sent.queued);
        }
        Ok(())
    }
}
