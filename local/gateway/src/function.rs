//! A function and its execution environments, as Lambda manages them: an event gets an idle environment or a new one, and
//! waits if as many as are allowed are busy.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use runtime_api::{Bytes, Invocation};
use serde_json::json;
use tokio::{
    sync::{Semaphore, oneshot},
    task::{JoinSet, yield_now},
    time::timeout,
};
use uuid::Uuid;

use crate::{
    config::FunctionConfig,
    environment::{Environment, EnvironmentError, InvocationEnd, Process},
    report::{Report, Reporter},
};

/// The most bytes of an event and of a response (6 MB, "Lambda quotas").
pub(crate) const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// The longest wait for an environment.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Why an invocation has no response.
pub(crate) enum InvokeError {
    /// All environments were busy for too long, or the function took too long.
    Busy,
    /// A function error: JSON with `errorType` and `errorMessage`.
    Function(String),
}

impl InvokeError {
    fn of_function(error_type: &str, message: &str) -> Self {
        Self::Function(json!({"errorType": error_type, "errorMessage": message}).to_string())
    }
}

/// A function, with the environments that it has at the moment.
pub(crate) struct Function {
    config: FunctionConfig,
    reporter: Reporter,
    /// A permit for each environment that may be busy. A new environment is started only if none is idle, so there are
    /// never more environments than permits.
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

struct State {
    idle: Vec<Environment>,
    /// The number of replacements so far. All idle environments are of this generation.
    generation: u64,
    /// None once the function is stopped: it starts no invocation then.
    invocations: Option<JoinSet<()>>,
}

impl Function {
    pub(crate) fn new(config: FunctionConfig, reporter: Reporter) -> Self {
        let permits = Arc::new(Semaphore::new(config.max_environments));
        let state = State { idle: Vec::new(), generation: 0, invocations: Some(JoinSet::new()) };
        Self { config, reporter, permits, state: Mutex::new(state) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Waits for an environment, and invokes it with an event. Cancel-safe: if the caller drops this future, an event that
    /// still waits is dropped, and an invocation that has begun goes on to its end.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        event: Bytes,
        request_id: &str,
    ) -> Result<Bytes, InvokeError> {
        // The server drops this future here if the client has hung up after its request.
        yield_now().await;
        let permit = timeout(MAX_WAIT, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| InvokeError::Busy)?.expect("the semaphore is never closed");
        let (sender, receiver) = oneshot::channel();
        let function = Arc::clone(self);
        let invocation = Invocation {
            event,
            request_id: request_id.to_owned(),
            time_limit: self.config.time_limit,
            trace: Some(new_trace()),
        };
        self.spawn(async move {
            let (result, process) = function.run(invocation).await;
            // An error means that the caller has hung up.
            let _ = sender.send(result);
            // The response does not wait until the function asks for its next event.
            if let Some(process) = process
                && let Some(environment) = process.ready().await
            {
                function.keep(environment);
            }
            drop(permit);
        });
        receiver
            .await
            .unwrap_or_else(|_| Err(InvokeError::of_function("Runtime.Stopped", "the gateway was stopped")))
    }

    /// Replaces all environments: the idle ones at once, the others after their invocations.
    pub(crate) fn replace_environments(&self) {
        let mut state = self.state();
        state.generation += 1;
        state.idle.clear();
    }

    /// Ends all processes, also those that are busy.
    pub(crate) async fn stop(&self) {
        let invocations = self.state().invocations.take();
        if let Some(mut invocations) = invocations {
            invocations.shutdown().await;
        }
        self.replace_environments();
    }

    fn spawn(&self, invocation: impl Future<Output = ()> + Send + 'static) {
        let mut state = self.state();
        let Some(invocations) = &mut state.invocations else { return };
        // Removes those that have ended.
        while invocations.try_join_next().is_some() {}
        invocations.spawn(invocation);
    }

    /// Returns the result, and the process if it can be used again.
    async fn run(&self, invocation: Invocation) -> (Result<Bytes, InvokeError>, Option<Process>) {
        loop {
            let environment = match self.take().await {
                Ok(environment) => environment,
                Err(error) => return (Err(self.failure(&error, &invocation)), None),
            };
            return match environment.invoke(invocation.clone()).await {
                InvocationEnd::Response(response, process) if response.len() > MAX_PAYLOAD => {
                    let message =
                        format!("the response has {} bytes, and may have {MAX_PAYLOAD}", response.len());
                    (Err(InvokeError::of_function("Function.ResponseSizeTooLarge", &message)), Some(process))
                }
                InvocationEnd::Response(response, process) => (Ok(response), Some(process)),
                InvocationEnd::Error(error, process) => (Err(InvokeError::Function(error)), Some(process)),
                InvocationEnd::NotDelivered => continue,
                InvocationEnd::Failed(error) => (Err(self.failure(&error, &invocation)), None),
            };
        }
    }

    /// Takes an idle environment, or starts one.
    async fn take(&self) -> Result<Environment, EnvironmentError> {
        let generation = {
            let mut state = self.state();
            while let Some(mut environment) = state.idle.pop() {
                if environment.is_running() {
                    return Ok(environment);
                }
            }
            state.generation
        };
        Environment::start(&self.config.launch, generation).await
    }

    /// Keeps an environment for the next event, unless it was replaced.
    fn keep(&self, environment: Environment) {
        let mut state = self.state();
        if environment.process.generation == state.generation {
            state.idle.push(environment);
        }
    }

    fn failure(&self, error: &EnvironmentError, Invocation { request_id, .. }: &Invocation) -> InvokeError {
        let (function, request_id) = (self.config.name.clone(), request_id.clone());
        let problem = error.to_string();
        let message = format!("RequestId: {request_id} Error: {problem}");
        (self.reporter)(&Report::Problem { function, request_id, problem });
        InvokeError::of_function(error.error_type(), &message)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a new header of X-Ray for an invocation that is sampled.
fn new_trace() -> String {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock shows a year after 1970");
    let (root, parent) = (Uuid::new_v4().simple().to_string(), Uuid::new_v4().simple().to_string());
    format!("Root=1-{:08x}-{};Parent={};Sampled=1", time.as_secs(), &root[..24], &parent[..16])
}
