//! What the measured functions run in: a processor of their own with a quota, the stub in DynamoDB's place, and the lists that they
//! get.

use std::{env, time::Duration};

use contacts_core::{context::OperationContext, store::Store, upsert::upsert};
use runtime_api::{Bytes, RuntimeApi, Waiting};

use super::settings::{RATES, processor_share};
use crate::{
    error::Result,
    harness::{
        contact_fixtures::{DESCRIPTION, items, upsert_body},
        event,
        function::Function,
        isolation::Isolation,
        program::Program,
        store_stub::{
            StoreStub,
            latency::Latency,
            settings::{Mode, Settings},
            tls::CERTIFICATE,
        },
        tenant_fixture::register_tenant,
    },
};

/// The lengths of the lists.
pub(super) const LENGTHS: [u32; 3] = [1, 100, LONGEST];

/// The length of the longest list.
pub(super) const LONGEST: u32 = 10_000;

/// What an upsert does with each contact of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Created,
    Unchanged,
}

impl Effect {
    pub(super) const ALL: [Self; 2] = [Self::Created, Self::Unchanged];

    /// The word in column titles.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Unchanged => "unchanged",
        }
    }

    /// The function's word for it.
    fn extended_info(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Unchanged => "updated",
        }
    }
}

/// A list of contacts that a function gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List {
    pub(super) len: u32,
    pub(super) effect: Effect,
}

impl List {
    /// Every list, from the shortest.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        LENGTHS.into_iter().flat_map(|len| Effect::ALL.map(|effect| Self { len, effect }))
    }

    /// Returns the event that has this list. The contacts from 0 on are stored, those after [`LONGEST`] are not.
    fn event(self, caller: &fixture::TenantFixture) -> Bytes {
        let first = if self.effect == Effect::Created { LONGEST } else { 0 };
        event::post("/contacts", caller, None, &upsert_body(first..first + self.len))
    }
}

/// How a function reaches the stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Plain,
    Tls,
}

/// A function that has started and waits for an event.
pub(super) struct StartedFunction {
    pub(super) function: Function,
    pub(super) init: Duration,
    waiting: Waiting,
}

/// How long a call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    /// Until the response was complete.
    pub(super) duration: Duration,
    /// Until the function asked for its next event, which is what Lambda bills.
    pub(super) billed: Duration,
}

/// What the measured functions run in.
pub(super) struct Environment<'a> {
    pub(super) stub: StoreStub,
    isolation: Isolation,
    runtime_api: &'a mut RuntimeApi,
    events: Vec<(List, Bytes)>,
}

impl<'a> Environment<'a> {
    /// Stores the contacts that are to be unchanged, and has the stub record them.
    pub(super) async fn prepare(
        isolation: Isolation,
        store: &Store,
        runtime_api: &'a mut RuntimeApi,
    ) -> Result<Self> {
        let caller = register_tenant(store, "lambda").await?;
        let context = OperationContext::without_deadline();
        upsert(store, &caller.tenant, &context, &items(LONGEST, DESCRIPTION)?).await?;
        let stub = StoreStub::start(&env::var("AWS_ENDPOINT_URL_DYNAMODB")?).await?;
        let events = List::all().map(|list| (list, list.event(&caller))).collect();
        let mut environment = Self { stub, isolation, runtime_api, events };
        let function = environment.start(Program::Upsert, None, Transport::Plain).await?;
        let known = List { len: LONGEST, effect: Effect::Unchanged };
        let (_, function) = environment.call(function, known).await?;
        function.function.stop().await?;
        Ok(environment)
    }

    /// Ends the stub, so that its control group is empty when this is dropped.
    pub(super) async fn end(self) -> Result<()> {
        self.stub.stop().await
    }

    /// Has the stub replay with this latency. Equal seeds give equal latencies, in the order of the calls.
    pub(super) async fn replay(&self, latency: Latency, seed: u64) -> Result<()> {
        self.stub.set(&Settings { mode: Mode::Replay, latency, rates: RATES, seed }).await
    }

    /// Starts a function with this memory size, or with a processor without a quota.
    pub(super) async fn start(
        &mut self,
        program: Program,
        memory_mb: Option<u32>,
        transport: Transport,
    ) -> Result<StartedFunction> {
        let mut command = program.launch()?.command(self.runtime_api);
        match transport {
            Transport::Plain => command.env("AWS_ENDPOINT_URL_DYNAMODB", &self.stub.urls.plain),
            Transport::Tls => command
                .env("AWS_ENDPOINT_URL_DYNAMODB", &self.stub.urls.tls)
                .env("AWS_CA_BUNDLE", CERTIFICATE)
                // Node.js doesn't know the variable of the AWS SDKs.
                .env("NODE_EXTRA_CA_CERTS", CERTIFICATE),
        };
        if let Some(memory_mb) = memory_mb {
            command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mb.to_string());
        }
        let share = memory_mb.map(processor_share);
        let function = self.isolation.start_function(share, || Function::spawn(&mut command))?;
        let waiting = self.runtime_api.asked().await?;
        Ok(StartedFunction { init: waiting.since - function.started, function, waiting })
    }

    /// Sends a list to a function and checks the effect on each contact.
    pub(super) async fn call(
        &mut self,
        function: StartedFunction,
        list: List,
    ) -> Result<(Call, StartedFunction)> {
        let (call, answer, function) = self.invoke(function, list).await?;
        let body = event::successful_body(&answer)?;
        let outcomes = body["result"].as_array().ok_or("a response without `result`")?;
        let expected = list.effect.extended_info();
        let matching = outcomes.iter().filter(|outcome| outcome["extended_info"] == expected).count();
        if matching != list.len as usize {
            return Err(format!("{matching} of {} contacts were {expected}", list.len).into());
        }
        Ok((call, function))
    }

    /// Sends a list to a function, and returns its answer.
    pub(super) async fn invoke(
        &mut self,
        function: StartedFunction,
        list: List,
    ) -> Result<(Call, Bytes, StartedFunction)> {
        let StartedFunction { function, init, waiting } = function;
        let (_, event) = self.events.iter().find(|(one, _)| *one == list).expect("every list has an event");
        let (answer, waiting) = self.runtime_api.invoke(waiting, event.clone()).await?;
        let call = Call {
            duration: answer.ended - answer.begun,
            billed: waiting.since.max(answer.ended) - answer.begun,
        };
        Ok((call, answer.body, StartedFunction { function, init, waiting }))
    }
}
