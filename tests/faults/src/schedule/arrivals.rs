//! What comes from the functions: calls to the store, and the ends of invocations.

use super::{
    pending_call::{CallState, PendingCall},
    scheduler::{Phase, Scheduler},
};
use crate::{HarnessError, function::InvocationEnd, proxy::HeldCall, response, store_call::StoreOperation};

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
        let about = self.context.catalog.labels_in(str::from_utf8(&held.body)?);
        let (invocation, number) = (running.invocation, running.calls);
        running.calls += 1;
        self.history.calls += 1;
        let state = CallState::Open;
        self.pending.push(PendingCall { caller, invocation, number, operation, about, held, state });
        Ok(())
    }

    /// Records how an invocation ended.
    pub(super) fn invocation_ended(&mut self, caller: usize, end: InvocationEnd) -> Result<(), HarnessError> {
        let running = self.callers[caller].running.take().expect("an invocation ends once");
        self.history.tick();
        let response = match end {
            InvocationEnd::Responded(answer, process) => {
                self.callers[caller].idle.push(*process);
                let response = response::read(&answer.body, &running.request_id, &running.request)?;
                self.history.note(format!("caller {caller} receives {response:?}"));
                Some(response)
            }
            InvocationEnd::Killed => {
                self.context.functions.proxy.unsubscribe(running.process);
                self.history.note(format!("caller {caller} receives nothing"));
                None
            }
            InvocationEnd::Failed(failure) => {
                self.history.note(format!("caller {caller}: {failure}"));
                return Err(failure.into());
            }
        };
        self.pending.retain(|call| call.invocation != running.invocation || call.is_orphaned());
        let end = self.history.tick();
        let invocation = &mut self.history.invocations[running.invocation];
        (invocation.end, invocation.response) = (end, response);
        self.choose_next_request(caller, running.invocation)
    }

    /// Has a caller retry its request, give it up, or go on to the next.
    fn choose_next_request(&mut self, caller: usize, invocation: usize) -> Result<(), HarnessError> {
        let is_completed = self.history.invocations[invocation].is_completed();
        if !is_completed && self.phase == Phase::Recovery {
            return Err("a request doesn't complete though no more faults are injected".into());
        }
        let max_tries = self.request(invocation).max_tries;
        let caller = &mut self.callers[caller];
        if is_completed || caller.tries >= max_tries {
            let request = caller.requests.pop_front().expect("the invocation was of the first request");
            caller.tries = 0;
            if !is_completed {
                caller.abandoned.push_back(request);
            }
        }
        Ok(())
    }
}
