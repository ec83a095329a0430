//! The Lambda function that creates and updates contacts. The crate `contacts-handler` has the code; this is the start.

use contacts_core::store::Store;
use contacts_handler::{
    event::{self, Event},
    operation::Operation,
    telemetry,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

// One thread: an invocation waits for DynamoDB most of the time, and the memory size in template.yaml comes with less than
// one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let store = Store::from_environment()?;
    store.build_client_in_background();
    run(service_fn(|event: LambdaEvent<Event>| event::handle(&store, Operation::Upsert, event))).await
}
