//! How requests are sent, and to which process.

use runtime_api::Invocation;
use tokio::sync::oneshot;

use super::{
    caller::{Caller, RunningInvocation},
    scheduler::Scheduler,
};
use crate::{
    HarnessError,
    function::{FunctionKind, FunctionProcess},
    history,
    request::{Body, Request},
};

impl Scheduler<'_> {
    /// Sends a caller's next request.
    pub(super) async fn send_request(&mut self, caller: usize) -> Result<(), HarnessError> {
        let context = self.context;
        let number = *self.callers[caller].requests.front().expect("only callers with requests send one");
        let request = &context.plan.requests[number];
        let process = self.take_process(caller, request).await?;
        let body = request.body.json(&context.plan.tenant, |key| context.catalog.ids(key));
        let authorization = format!("Bearer {}", context.token);
        let event = runtime_api::http::post(request.body.path(), &authorization, &body.to_string());
        let invocation = self.history.invocations.len();
        let request_id = uuid::Uuid::from_u128(invocation as u128 + 1).to_string();
        let start = self.history.tick();
        self.history.note(format!("caller {caller} sends request {number}: {body}"));
        self.history.invocations.push(history::Invocation {
            request: number,
            start,
            end: u64::MAX,
            response: None,
        });
        let (kill, killed) = oneshot::channel();
        let event =
            Invocation { event, request_id: request_id.clone(), time_limit: self.time_limit(request) };
        let running = RunningInvocation {
            invocation,
            process: process.number,
            kill: Some(kill),
            calls: 0,
            request: body,
            request_id,
        };
        self.callers[caller].running = Some(running);
        self.callers[caller].tries += 1;
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
    ) -> Result<FunctionProcess, HarnessError> {
        let functions = self.context.functions;
        let kind = match request.body {
            Body::Upsert(_) => FunctionKind::Upsert,
            Body::Delete(_) => FunctionKind::Delete,
        };
        let Caller { idle, tries, .. } = &mut self.callers[caller];
        if request.needs_new_function && *tries == 0 {
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
