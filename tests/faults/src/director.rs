//! Runs a schedule. Nothing happens by itself: the director starts each request, and every call to the
//! store waits until it is its turn. One thing happens at a time, and which one is drawn; before the next
//! is, every function under way must have made its next call or answered. So what functions do at once is
//! interleaved call by call, and the same draws give the same interleaving.

use std::{sync::Arc, time::Duration};

use hyper::{StatusCode, body::Bytes};
use runtime_api::Invocation;
use serde_json::Value;
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};

use crate::{
    Failure, answer,
    draw::Draw,
    function::{Ended, Function, Functions, Kind},
    history::{self, History, Write},
    known::Known,
    plan::Plan,
    proxy::{End, HeldCall},
    request::{Body, FULL_TIME, Request},
    store_call::{self, Fault, Operation, Part},
};

/// How long to wait for a function that has to make its next move. Its longest waits are the five seconds
/// for a call's answer, and its deadline.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long to listen for more calls of a function that makes several at once.
const SILENCE: Duration = Duration::from_millis(4);

/// A schedule under way.
pub(crate) struct Director<'s> {
    functions: &'s Functions,
    plan: &'s Plan,
    known: &'s Known,
    draw: &'s mut Draw,
    token: &'s str,
    store: &'s str,
    client: store_call::Client,
    calls: mpsc::UnboundedReceiver<HeldCall>,
    listener: mpsc::UnboundedSender<HeldCall>,
    ends: mpsc::UnboundedReceiver<(usize, Ended)>,
    reporter: mpsc::UnboundedSender<(usize, Ended)>,
    callers: Vec<Caller>,
    pending: Vec<Pending>,
    are_there_faults: bool,
    history: History,
}

/// A caller, with the functions that its requests come to.
struct Caller {
    /// The requests that it has still to send.
    requests: Vec<usize>,
    /// How often it has sent the first of them.
    tries: usize,
    /// Those that it gave up for the time being.
    given_up: Vec<usize>,
    idle: Vec<Function>,
    running: Option<Running>,
}

/// An invocation under way.
struct Running {
    invocation: usize,
    function: u64,
    kill: Option<oneshot::Sender<()>>,
    /// How many calls to the store it has made.
    calls: usize,
    is_killed: bool,
    sent: Value,
    request_id: String,
}

/// A call to the store that something has still to happen to.
struct Pending {
    caller: usize,
    invocation: usize,
    /// Its place among the calls of its invocation that say the same.
    number: usize,
    operation: Operation,
    about: Vec<String>,
    held: HeldCall,
    /// The answer that is there already, and which write it is about.
    done: Option<(End, Option<usize>)>,
    /// Whether the function doesn't wait for it any more.
    is_orphan: bool,
}

/// What can happen next.
#[derive(Clone, Copy)]
enum Step {
    Start(usize),
    Call(usize),
}

/// What a schedule needs.
pub(crate) struct Stage<'s> {
    pub(crate) functions: &'s Arc<Functions>,
    pub(crate) plan: &'s Plan,
    pub(crate) known: &'s Known,
    pub(crate) token: &'s str,
    /// Where the store is.
    pub(crate) store: &'s str,
}

/// Runs a schedule, and returns what happened, with the failure that ended it early if one did.
pub(crate) async fn run(stage: &Stage<'_>, draw: &mut Draw) -> (History, Result<(), Failure>) {
    let (listener, calls) = mpsc::unbounded_channel();
    let (reporter, ends) = mpsc::unbounded_channel();
    let callers = stage.plan.callers.iter().map(|requests| Caller::new(requests.clone()));
    let mut director = Director {
        functions: stage.functions,
        plan: stage.plan,
        known: stage.known,
        draw,
        token: stage.token,
        store: stage.store,
        client: store_call::client(),
        calls,
        listener,
        ends,
        reporter,
        callers: callers.collect(),
        pending: Vec::new(),
        are_there_faults: true,
        history: History::default(),
    };
    let result = director.run().await;
    for function in director.callers.into_iter().flat_map(|caller| caller.idle) {
        stage.functions.give_back(function);
    }
    (director.history, result)
}

impl Caller {
    fn new(requests: Vec<usize>) -> Self {
        Self { requests, tries: 0, given_up: Vec::new(), idle: Vec::new(), running: None }
    }
}

impl Director<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        self.run_requests().await?;
        self.are_there_faults = false;
        self.history.note("faults end here");
        for caller in &mut self.callers {
            caller.requests = std::mem::take(&mut caller.given_up);
            caller.tries = 0;
        }
        self.run_requests().await
    }

    async fn run_requests(&mut self) -> Result<(), Failure> {
        loop {
            self.settle().await?;
            let mut steps: Vec<_> = (0..self.pending.len()).map(Step::Call).collect();
            let is_waiting = |caller: &usize| {
                self.callers[*caller].running.is_none() && !self.callers[*caller].requests.is_empty()
            };
            steps.extend((0..self.callers.len()).filter(is_waiting).map(Step::Start));
            // A request that has little time has it for itself, or it would run out at any place.
            if let Some(in_haste) = self.in_haste() {
                let is_its = |pending: &Pending| pending.caller == in_haste && !pending.is_orphan;
                steps.retain(|step| matches!(step, Step::Call(place) if is_its(&self.pending[*place])));
            }
            if steps.is_empty() {
                return Ok(());
            }
            match self.draw.pick(&steps) {
                Step::Start(caller) => self.start(caller).await?,
                Step::Call(place) => self.proceed(place).await?,
            }
        }
    }

    /// The caller whose request under way has little time.
    fn in_haste(&self) -> Option<usize> {
        let is_in_haste = |caller: &Caller| {
            let running = caller.running.as_ref();
            running.is_some_and(|running| self.time_limit(self.request(running.invocation)) < FULL_TIME)
        };
        self.callers.iter().position(is_in_haste)
    }

    /// How long a function may take for a request. Once there are no faults, time is short for none.
    fn time_limit(&self, request: &Request) -> Duration {
        if self.are_there_faults { request.time_limit } else { FULL_TIME }
    }

    fn request(&self, invocation: usize) -> &Request {
        &self.plan.requests[self.history.invocations[invocation].request]
    }

    /// Waits until every function under way waits for the store.
    async fn settle(&mut self) -> Result<(), Failure> {
        loop {
            let patience = if self.is_settled() {
                if !self.makes_calls_at_once() {
                    break;
                }
                SILENCE
            } else {
                PATIENCE
            };
            let next = async {
                tokio::select! {
                    Some(call) = self.calls.recv() => Ok(call),
                    Some(end) = self.ends.recv() => Err(end),
                    else => std::future::pending().await,
                }
            };
            match timeout(patience, next).await {
                Ok(Ok(call)) => self.arrived(call)?,
                Ok(Err((caller, end))) => self.ended(caller, end)?,
                Err(_) if patience == SILENCE => break,
                Err(_) => return Err("a function neither answers nor calls the store".into()),
            }
        }
        // Calls that were made at once came in any order.
        self.pending.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok(())
    }

    fn is_settled(&self) -> bool {
        self.callers.iter().enumerate().all(|(number, caller)| {
            caller.running.is_none()
                || self.pending.iter().any(|pending| pending.caller == number && !pending.is_orphan)
        })
    }

    fn makes_calls_at_once(&self) -> bool {
        let running = self.callers.iter().filter_map(|caller| caller.running.as_ref());
        running.into_iter().any(|running| self.request(running.invocation).calls_at_once())
    }

    /// Has a caller send its next request.
    async fn start(&mut self, caller: usize) -> Result<(), Failure> {
        let number = self.callers[caller].requests[0];
        let request = &self.plan.requests[number];
        let function = self.function(caller, request).await?;
        let sent = request.body.json(&self.plan.tenant, |named| self.known.ids(named));
        let event = runtime_api::http::post(
            request.body.path(),
            &format!("Bearer {}", self.token),
            &sent.to_string(),
        );
        let invocation = self.history.invocations.len();
        let request_id = uuid::Uuid::from_u128(invocation as u128 + 1).to_string();
        let begun = self.history.tick();
        self.history.invocations.push(history::Invocation {
            request: number,
            begun,
            ended: u64::MAX,
            heard: None,
        });
        self.history.note(format!("caller {caller} sends request {number}: {sent}"));
        let (kill, killed) = oneshot::channel();
        let running = Running {
            invocation,
            function: function.number,
            kill: Some(kill),
            calls: 0,
            is_killed: false,
            sent,
            request_id: request_id.clone(),
        };
        self.callers[caller].running = Some(running);
        self.callers[caller].tries += 1;
        let invocation = Invocation { event, request_id, time_limit: self.time_limit(request) };
        let reporter = self.reporter.clone();
        tokio::spawn(async move {
            let end = function.invoke(invocation, killed).await;
            // A director that has stopped, because something failed, doesn't listen.
            let _ = reporter.send((caller, end));
        });
        Ok(())
    }

    /// The function that a caller's request comes to.
    async fn function(&mut self, caller: usize, request: &Request) -> Result<Function, Failure> {
        let kind = match request.body {
            Body::Upsert(_) => Kind::Upsert,
            Body::Delete(_) => Kind::Delete,
        };
        let Caller { idle, tries, .. } = &mut self.callers[caller];
        if request.on_a_new_function && *tries == 0 {
            // Whoever is dropped is killed.
            for function in idle.extract_if(.., |function| function.kind == kind) {
                self.functions.proxy.forget(function.number);
            }
        }
        let function = match idle.iter().position(|function| function.kind == kind) {
            Some(place) => idle.swap_remove(place),
            None => self.functions.take(kind).await?,
        };
        self.functions.proxy.listen(function.number, self.listener.clone());
        Ok(function)
    }

    /// A function has made a call.
    fn arrived(&mut self, held: HeldCall) -> Result<(), Failure> {
        let is_of = |caller: &Caller| {
            caller.running.as_ref().is_some_and(|running| running.function == held.function)
        };
        // A call of a function that was killed in the meantime is never made.
        let Some(caller) = self.callers.iter().position(is_of) else { return Ok(()) };
        let Some(running) = &mut self.callers[caller].running else { return Ok(()) };
        if running.is_killed {
            return Ok(());
        }
        let operation = Operation::of(&held.headers).ok_or("a call that isn't known here")?;
        let about = self.known.labels_in(str::from_utf8(&held.body)?);
        let number = running.calls;
        running.calls += 1;
        let invocation = running.invocation;
        self.history.calls += 1;
        self.pending.push(Pending {
            caller,
            invocation,
            number,
            operation,
            about,
            held,
            done: None,
            is_orphan: false,
        });
        Ok(())
    }

    /// A function has ended an invocation.
    fn ended(&mut self, caller: usize, end: Ended) -> Result<(), Failure> {
        let Some(running) = self.callers[caller].running.take() else {
            return Err("an end without a beginning".into());
        };
        self.history.tick();
        let heard = match end {
            Ended::Answered(answer, function) => {
                self.callers[caller].idle.push(*function);
                let said = answer::read(&answer.body, &running.request_id, &running.sent)?;
                self.history.note(format!("caller {caller} hears {said:?}"));
                Some(said)
            }
            Ended::Killed => {
                self.functions.proxy.forget(running.function);
                self.history.note(format!("caller {caller} hears nothing"));
                None
            }
            Ended::Failed(what) => {
                self.history.note(format!("caller {caller}: {what}"));
                return Err(what.into());
            }
        };
        self.pending.retain(|pending| pending.invocation != running.invocation || pending.is_orphan);
        let now = self.history.tick();
        let invocation = &mut self.history.invocations[running.invocation];
        (invocation.ended, invocation.heard) = (now, heard);
        self.go_on(caller, running.invocation)
    }

    /// What a caller does next: the same again, or the next.
    fn go_on(&mut self, caller: usize, invocation: usize) -> Result<(), Failure> {
        let is_settled = self.history.invocations[invocation].is_settled();
        let tries = self.request(invocation).tries;
        if !is_settled && !self.are_there_faults {
            return Err("a request came to no end though there were no faults any more".into());
        }
        let caller = &mut self.callers[caller];
        if is_settled || caller.tries >= tries {
            let request = caller.requests.remove(0);
            caller.tries = 0;
            if !is_settled {
                caller.given_up.push(request);
            }
        }
        Ok(())
    }

    /// Has the next thing happen to a call.
    async fn proceed(&mut self, place: usize) -> Result<(), Failure> {
        let mut pending = self.pending.remove(place);
        if let Some((end, write)) = pending.done.take() {
            self.history.tick();
            self.history.note(format!("{} is answered at last", pending.describe()));
            sleep(Duration::from_millis(self.draw.between(1, 30) as u64)).await;
            if let Some(write) = write {
                self.history.writes[write].is_heard = !pending.is_orphan;
            }
            self.end(pending, end, write);
            return Ok(());
        }
        let fault = self.fault(&pending);
        if let Some(fault) = fault {
            self.history.count(fault);
        }
        self.history.tick();
        let of_what = fault.map_or_else(
            || if pending.is_orphan { "arrives late".to_owned() } else { "is done".to_owned() },
            |fault| format!("{fault:?}"),
        );
        self.history.note(format!("{}: {of_what}", pending.describe()));
        if let Some(fault) = fault {
            return self.suffer(pending, fault).await;
        }
        let is_heard = !pending.is_orphan;
        let (status, body, write) = self.forward(&pending, pending.held.body.clone(), is_heard).await?;
        self.end(pending, End::Whole(status, body), write);
        Ok(())
    }

    /// Gives a call's end to its function. If that is gone, or has given the call up, it doesn't hear what
    /// was done.
    fn end(&mut self, pending: Pending, end: End, write: Option<usize>) {
        let is_taken = pending.held.end.send(end).is_ok();
        if let Some(write) = write {
            self.history.writes[write].is_heard &= is_taken;
        }
    }

    /// What is to go wrong with a call.
    fn fault(&mut self, pending: &Pending) -> Option<Fault> {
        if pending.is_orphan || !self.are_there_faults {
            return None;
        }
        let request = self.request(pending.invocation);
        match request.stall {
            Some(stall) if stall.is_at(pending.number) => Some(Fault::Stalled),
            Some(_) if request.time_limit < FULL_TIME => None,
            _ => {
                // There are fewer writes than reads, and more that can go wrong with them.
                let percent = self.plan.fault_percent * if pending.operation.writes() { 2 } else { 1 };
                self.draw.chance(percent).then(|| Fault::draw(self.draw, pending.operation))
            }
        }
    }

    async fn suffer(&mut self, mut pending: Pending, fault: Fault) -> Result<(), Failure> {
        let undone = |end| Some((end, None));
        let end = match fault {
            Fault::Throttled => undone(store_call::error(StatusCode::BAD_REQUEST, self.throttling())),
            Fault::InternalError => {
                undone(store_call::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"))
            }
            Fault::Conflict => undone(store_call::conflict(&serde_json::from_slice(&pending.held.body)?)),
            Fault::CutBefore => undone(End::Cut),
            Fault::Stalled | Fault::KilledBefore | Fault::KilledWhileUnderWay => None,
            _ => {
                let done = self.suffer_afterwards(&pending, fault).await?;
                if fault == Fault::Slow {
                    pending.done = Some(done);
                    self.pending.push(pending);
                    return Ok(());
                }
                Some(done)
            }
        };
        let caller = pending.caller;
        match end {
            Some((end, write)) if !fault.kills() => self.end(pending, end, write),
            _ if matches!(fault, Fault::Stalled | Fault::KilledWhileUnderWay) => {
                pending.is_orphan = true;
                self.pending.push(pending);
            }
            _ => {}
        }
        if fault.kills() {
            self.kill(caller);
        }
        Ok(())
    }

    fn throttling(&mut self) -> &'static str {
        self.draw.pick(&[
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
        ])
    }

    /// Passes a call on, or part of it, and returns what the function gets to see, and which write it is about.
    async fn suffer_afterwards(
        &mut self,
        pending: &Pending,
        fault: Fault,
    ) -> Result<(End, Option<usize>), Failure> {
        let mut call = pending.held.body.clone();
        let mut part = None;
        if fault == Fault::PartLeft {
            let mut body: Value = serde_json::from_slice(&call)?;
            let taken = Part::take(self.draw, pending.operation, &mut body);
            if taken.is_all(&body) {
                let mut answer = serde_json::json!({});
                taken.put_back(self.draw, &mut answer);
                return Ok((End::Whole(StatusCode::OK, answer.to_string().into()), None));
            }
            call = body.to_string().into();
            part = Some(taken);
        }
        let is_heard = fault.is_heard() && fault != Fault::Slow;
        let (status, mut body, write) = self.forward(pending, call, is_heard).await?;
        if status.is_success() && matches!(fault, Fault::PartLeft | Fault::PartDenied) {
            let mut answer: Value = serde_json::from_slice(&body)?;
            match part {
                Some(part) => part.put_back(self.draw, &mut answer),
                None => store_call::deny_some(self.draw, &mut answer),
            }
            body = answer.to_string().into();
        }
        let end = match fault {
            Fault::InternalErrorAfterwards => {
                store_call::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError")
            }
            Fault::CutAfter => End::Cut,
            Fault::CutWithin => End::Torn(status, body),
            _ => End::Whole(status, body),
        };
        Ok((end, write))
    }

    /// Passes a call on to the store, and notes it if it can change a contact. Returns the answer, and the
    /// place of what was noted.
    async fn forward(
        &mut self,
        pending: &Pending,
        body: Bytes,
        is_heard: bool,
    ) -> Result<(StatusCode, Bytes, Option<usize>), Failure> {
        let begun = self.history.tick();
        let contacts = self.known.contacts_in(str::from_utf8(&body)?);
        let (status, answer) =
            store_call::forward(&self.client, self.store, &pending.held.headers, body).await?;
        let ended = self.history.tick();
        let mut write = None;
        if pending.operation.writes() && !contacts.is_empty() {
            write = Some(self.history.writes.len());
            let invocation = pending.invocation;
            self.history.writes.push(Write { invocation, contacts, begun, ended, is_heard });
        }
        Ok((status, answer, write))
    }

    /// Kills the function that a caller's request is with. What it has under way besides gets lost, or
    /// arrives later.
    fn kill(&mut self, caller: usize) {
        let Some(running) = &mut self.callers[caller].running else { return };
        running.is_killed = true;
        if let Some(kill) = running.kill.take() {
            // Nobody listens if it has just ended by itself.
            let _ = kill.send(());
        }
        let invocation = running.invocation;
        for pending in &mut self.pending {
            if pending.invocation == invocation && pending.done.is_none() && self.draw.chance(50) {
                pending.is_orphan = true;
            }
        }
        self.pending.retain(|pending| pending.invocation != invocation || pending.is_orphan);
    }
}

impl Pending {
    /// By what calls are put in order that came at the same time.
    fn order(&self) -> (usize, usize, bool, Operation, &[String], usize) {
        (self.caller, self.invocation, self.is_orphan, self.operation, &self.about, self.number)
    }

    fn describe(&self) -> String {
        let Self { caller, operation, about, .. } = self;
        format!("caller {caller}'s {operation:?} about {}", about.join(", "))
    }
}
