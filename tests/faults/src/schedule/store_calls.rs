//! What happens to a call to the store: it is forwarded and answered, or gets a fault injected.

use std::time::Duration;

use hyper::{StatusCode, body::Bytes};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    pending_call::{CallOutcome, CallState, PendingCall},
    scheduler::{Phase, Scheduler},
};
use crate::{
    HarnessError,
    fault::{Fault, PartialBatch, Rest, conflict, deny_some, internal_error, throttled},
    history::{Acknowledgement, History, StoreWrite, WriteEffect},
    proxy::Answer,
    request::{FULL_TIME, message_key_hash},
    store_call::StoreOperation,
};

/// The store's answer to a forwarded call.
struct Forwarded {
    status: StatusCode,
    body: Bytes,
    write: Option<usize>,
}

impl Scheduler<'_> {
    /// Takes the next step of a call.
    pub(super) async fn advance_call(&mut self, index: usize) -> Result<(), HarnessError> {
        let mut call = self.pending.remove(index);
        match std::mem::replace(&mut call.state, CallState::Open) {
            CallState::Open => {
                let fault = self.draw_fault(&call);
                if let Some(fault) = fault {
                    self.history.count(fault);
                    self.note_step(&call, &format!("{fault:?}"));
                    return self.apply_fault(call, fault).await;
                }
                self.note_step(&call, "done");
                let body = call.held.body.clone();
                let done = self.forward(&call, body, Acknowledgement::Received).await?;
                self.deliver(call, done.answered());
            }
            CallState::Done(outcome) => {
                self.note_step(&call, "the delayed answer arrives");
                sleep(Duration::from_millis(self.rng.between(1, 30) as u64)).await;
                if let Some(write) = outcome.write {
                    self.history.writes[write].acknowledgement = Acknowledgement::Received;
                }
                self.deliver(call, outcome);
            }
            CallState::Orphaned => {
                self.note_step(&call, "done late");
                let body = call.held.body.clone();
                let done = self.forward(&call, body, Acknowledgement::Lost).await?;
                // Its function may still wait, if it has several calls open.
                self.deliver(call, done.answered());
            }
        }
        Ok(())
    }

    fn note_step(&mut self, call: &PendingCall, step: &str) {
        self.history.tick();
        self.history.note(format!("{}: {step}", call.describe()));
    }

    /// Sends an answer to its function.
    fn deliver(&mut self, call: PendingCall, outcome: CallOutcome) {
        let is_received = call.held.answer.send(outcome.answer).is_ok();
        if let Some(write) = outcome.write
            && !is_received
        {
            self.history.writes[write].acknowledgement = Acknowledgement::Lost;
        }
    }

    fn draw_fault(&mut self, call: &PendingCall) -> Option<Fault> {
        if self.phase == Phase::Recovery {
            return None;
        }
        let request = &self.context.plan.requests[call.requests[0]];
        match request.stall {
            Some(stall) if stall.includes(call.number) => Some(Fault::Stalled),
            Some(_) if request.time_limit < FULL_TIME => None,
            _ => {
                // There are fewer writes than reads, and more can go wrong with them.
                let factor = if call.operation.is_write() { 2 } else { 1 };
                let percent = self.context.plan.fault_percent * factor;
                self.rng.chance(percent).then(|| Fault::draw(self.rng, call.operation))
            }
        }
    }

    async fn apply_fault(&mut self, call: PendingCall, fault: Fault) -> Result<(), HarnessError> {
        let body = call.held.body.clone();
        match fault {
            Fault::Throttled => {
                let answer = throttled(self.rng);
                self.deliver(call, CallOutcome::not_done(answer));
            }
            Fault::InternalError => self.deliver(call, CallOutcome::not_done(internal_error())),
            Fault::Conflict => {
                let answer = conflict(&serde_json::from_slice(&body)?);
                self.deliver(call, CallOutcome::not_done(answer));
            }
            Fault::CutBefore => self.deliver(call, CallOutcome::not_done(Answer::Disconnect)),
            Fault::Stalled => self.orphan(call),
            Fault::KilledBefore => self.kill(call.caller),
            Fault::KilledWhileUnderWay => {
                let caller = call.caller;
                self.orphan(call);
                self.kill(caller);
            }
            Fault::KilledAfter => {
                self.forward(&call, body, Acknowledgement::Lost).await?;
                self.kill(call.caller);
            }
            Fault::Slow => {
                let done = self.forward(&call, body, Acknowledgement::Lost).await?;
                self.pending.push(PendingCall { state: CallState::Done(done.answered()), ..call });
            }
            Fault::InternalErrorAfterwards => {
                let Forwarded { write, .. } = self.forward(&call, body, Acknowledgement::Lost).await?;
                self.deliver(call, CallOutcome { answer: internal_error(), write });
            }
            Fault::CutAfter => {
                let Forwarded { write, .. } = self.forward(&call, body, Acknowledgement::Lost).await?;
                self.deliver(call, CallOutcome { answer: Answer::Disconnect, write });
            }
            Fault::CutWithin => {
                let Forwarded { status, body, write } =
                    self.forward(&call, body, Acknowledgement::Lost).await?;
                self.deliver(call, CallOutcome { answer: Answer::Truncated(status, body), write });
            }
            Fault::PartLeft => self.leave_part(call).await?,
            Fault::PartDenied => {
                let mut done = self.forward(&call, body, Acknowledgement::Lost).await?;
                if done.status.is_success() {
                    let mut answer: Value = serde_json::from_slice(&done.body)?;
                    deny_some(self.rng, &mut answer);
                    done.body = answer.to_string().into();
                }
                self.deliver(call, done.answered());
            }
        }
        Ok(())
    }

    /// Forwards a part of a batch, and answers that the other part was left undone.
    async fn leave_part(&mut self, call: PendingCall) -> Result<(), HarnessError> {
        let mut batch: Value = serde_json::from_slice(&call.held.body)?;
        let (part, rest) = PartialBatch::take_out(self.rng, call.operation, &mut batch);
        let mut done = match rest {
            Rest::Empty => Forwarded { status: StatusCode::OK, body: "{}".into(), write: None },
            Rest::NotEmpty => {
                self.forward(&call, batch.to_string().into(), Acknowledgement::Received).await?
            }
        };
        if done.status.is_success() {
            let mut answer: Value = serde_json::from_slice(&done.body)?;
            part.add_to_answer(self.rng, &mut answer);
            done.body = answer.to_string().into();
        }
        self.deliver(call, done.answered());
        Ok(())
    }

    /// Forwards a call to the store, and records it if it may change contacts. `acknowledgement` is what the
    /// history says of it so far.
    async fn forward(
        &mut self,
        call: &PendingCall,
        body: Bytes,
        acknowledgement: Acknowledgement,
    ) -> Result<Forwarded, HarnessError> {
        let start = self.history.tick();
        let contacts = self.context.catalog.contacts_in(str::from_utf8(&body)?);
        let token = transaction_token(call.operation, &body)?;
        let (status, body) = self.store.forward(&call.held.headers, body).await?;
        let end = self.history.tick();
        let effect = effect_of(&mut self.history, token, status);
        let mut write = None;
        if call.operation.is_write() && !contacts.is_empty() {
            write = Some(self.history.writes.len());
            let invocation = call.invocation;
            let requests = requests_of(call)?;
            self.history.writes.push(StoreWrite {
                invocation,
                requests,
                contacts,
                start,
                end,
                acknowledgement,
                effect,
            });
        }
        Ok(Forwarded { status, body, write })
    }

    /// Keeps a call to be done later, though its function no longer waits for it.
    fn orphan(&mut self, call: PendingCall) {
        self.pending.push(PendingCall { state: CallState::Orphaned, ..call });
    }

    /// Kills the process that serves a caller. Each of its open calls is lost or done later.
    fn kill(&mut self, caller: usize) {
        let running = self.callers[caller].running.as_mut().expect("the process makes a call");
        if let Some(kill) = running.kill.take() {
            // Fails if the process has just ended by itself; the end of the invocation reports that.
            let _ = kill.send(());
        }
        let invocation = running.invocation;
        for call in self.pending.iter_mut().filter(|call| call.invocation == invocation) {
            if !matches!(call.state, CallState::Done(_)) && self.rng.chance(50) {
                call.state = CallState::Orphaned;
            }
        }
        self.pending.retain(|call| call.invocation != invocation || call.is_orphaned());
    }
}

/// The requests that a call may be for. Messages of a batch are deleted one by one, each with a record of its key.
fn requests_of(call: &PendingCall) -> Result<Vec<usize>, HarnessError> {
    let body = str::from_utf8(&call.held.body)?;
    let named = call.requests.iter().copied().filter(|request| body.contains(&message_key_hash(*request)));
    let named: Vec<_> = named.collect();
    Ok(if named.is_empty() { call.requests.clone() } else { named })
}

/// The token by which the store recognises a transaction that is sent again.
fn transaction_token(operation: StoreOperation, body: &[u8]) -> Result<Option<String>, HarnessError> {
    if operation != StoreOperation::TransactWriteItems {
        return Ok(None);
    }
    let call: Value = serde_json::from_slice(body)?;
    let token = call["ClientRequestToken"].as_str().ok_or("a transaction without a token")?;
    Ok(Some(token.to_owned()))
}

fn effect_of(history: &mut History, token: Option<String>, status: StatusCode) -> WriteEffect {
    let Some(token) = token else { return WriteEffect::Unknown };
    let is_applied = status.is_success() && history.tokens.insert(token);
    if is_applied { WriteEffect::Applied } else { WriteEffect::None }
}

impl Forwarded {
    /// The store's own answer.
    fn answered(self) -> CallOutcome {
        CallOutcome { answer: Answer::Complete(self.status, self.body), write: self.write }
    }
}
