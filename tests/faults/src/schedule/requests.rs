//! How requests are sent, and to which process.

use runtime_api::Invocation;
use tokio::sync::oneshot;

use super::{
    caller::{Caller, RunningInvocation, SentRequest},
    scheduler::Scheduler,
};
use crate::{
    HarnessError,
    function::FunctionProcess,
    history::Attempt,
    request::{Delivery, Request},
};

impl Scheduler<'_> {
    /// Sends a caller's next request, or the next batch of its messages.
    pub(super) async fn send_request(&mut self, caller: usize) -> Result<(), HarnessError> {
        let context = self.context;
        let batch = self.callers[caller].take_batch(&context.plan.requests);
        let invocation = self.invocations;
        self.invocations += 1;
        let start = self.history.tick();
        let mut sent = Vec::new();
        for mut queued in batch {
            let request = &context.plan.requests[queued.number];
            let body = request.json(&context.plan.tenant, |key| context.catalog.ids(key));
            let (number, trigger) = (queued.number, request.trigger);
            self.history.note(format!("caller {caller} sends request {number} by {trigger:?}: {body}"));
            let attempt = self.history.attempts.len();
            let (end, response) = (u64::MAX, None);
            self.history.attempts.push(Attempt { request: number, invocation, start, end, response });
            queued.tries += 1;
            sent.push(SentRequest { queued, attempt, body });
        }
        let first = &sent[0];
        let request = &context.plan.requests[first.queued.number];
        let process = self.take_process(caller, request, first.queued.tries).await?;
        let deliveries: Vec<_> =
            sent.iter().map(|sent| Delivery { request: sent.queued.number, body: &sent.body }).collect();
        let authorization = format!("Bearer {}", context.token);
        let event = request.trigger.event(&deliveries, &request.body, &authorization);
        let request_id = uuid::Uuid::from_u128(invocation as u128 + 1).to_string();
        let time_limit = self.time_limit(request);
        let event = Invocation { event, request_id: request_id.clone(), time_limit, trace: None };
        let (kill, killed) = oneshot::channel();
        self.callers[caller].running = Some(RunningInvocation {
            invocation,
            trigger: request.trigger,
            makes_concurrent_calls: sent.len() > 1 || request.makes_concurrent_calls(),
            mode: request.mode,
            sent,
            process: process.number,
            kill: Some(kill),
            calls: 0,
            request_id,
        });
        let ends = self.ends.sender.clone();
        tokio::spawn(async move {
            let end = process.invoke(event, killed).await;
            // Fails if the schedule has ended early because of a failure.
            let _ = ends.send((caller, end));
        });
        Ok(())
    }

    /// Takes a process for a caller's request: one that served the caller before, or one from the pool.
    async fn take_process(
        &mut self,
        caller: usize,
        request: &Request,
        tries: usize,
    ) -> Result<FunctionProcess, HarnessError> {
        let functions = self.context.functions;
        let kind = request.body.kind();
        let Caller { idle, .. } = &mut self.callers[caller];
        if request.needs_new_function && tries == 1 {
            // Dropping a process kills it.
            for process in idle.extract_if(.., |process| process.kind == kind) {
                functions.proxy.unsubscribe(process.number);
            }
        }
        let process = match idle.iter().position(|process| process.kind == kind) {
            Some(index) => idle.swap_remove(index),
            None => functions.take(kind).await?,
        };
        functions.proxy.subscribe(process.number, self.calls.sender.clone());
        Ok(process)
    }
}
