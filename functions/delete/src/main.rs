//! The Lambda function that deletes an account's contacts. Everything it does is in the `contacts` crate,
//! which it shares with its sibling; here it only starts.

use contacts::{
    event::{self, Event},
    operation::Operation,
    store::Store,
    telemetry,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

// One thread: an invocation waits for DynamoDB most of the time, and the memory that template.yaml gives
// it comes with just one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::begin();
    let store = Store::from_environment()?;
    store.prepare_while_waiting();
    run(service_fn(|event: LambdaEvent<Event>| event::answer(&store, Operation::Delete, event))).await
}
