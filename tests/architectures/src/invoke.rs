//! One invocation of one function, in a process of its own.

use std::{process::Stdio, time::Duration};

use runtime_api::{Bytes, Invocation, InvocationError, RuntimeApi};

use crate::{Failure, architecture::Architecture, function::Function, store::SampleStore};

/// The functions' time-out on AWS.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// The same for all invocations, because answers over HTTP may carry it.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";

/// Starts a function, sends it an event, returns the answer and ends the process. Fails if the function
/// returns an error, ends or takes too long. Its standard error is this program's.
pub(crate) async fn invoke(
    architecture: &Architecture,
    function: Function,
    store: &SampleStore,
    event: Bytes,
) -> Result<Bytes, Failure> {
    let mut api = RuntimeApi::serve().await?;
    let mut command = architecture.command(function, &api);
    command.envs(store.environment()).stdin(Stdio::null()).stdout(Stdio::null());
    let mut process = command.spawn().map_err(|error| format!("it can't be started: {error}"))?;
    let invocation = Invocation { event, request_id: REQUEST_ID.to_owned(), time_limit: TIME_LIMIT };
    let answer = tokio::select! {
        // A function that reports an error may end at once; the error says more than its exit status.
        biased;
        answer = answer(&mut api, invocation) => answer?,
        status = process.wait() => return Err(format!("it ended without an answer: {}", status?).into()),
    };
    process.kill().await?;
    Ok(answer)
}

async fn answer(api: &mut RuntimeApi, invocation: Invocation) -> Result<Bytes, InvocationError> {
    let waiting = api.asked().await?;
    Ok(api.answer(waiting, invocation).await?.body)
}
