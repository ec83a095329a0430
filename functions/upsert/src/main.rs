//! The Lambda function that creates and updates contacts. Everything it does is in the `contacts` crate,
//! which it shares with its sibling; here it only starts.

use contacts::{http, operation::Operation, store::Store, telemetry};
use lambda_http::{Error, Request, run, service_fn};

// One thread: an invocation waits for DynamoDB most of the time, and Lambda gives a function of this
// size less than one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::begin();
    let store = Store::from_environment()?;
    run(service_fn(|request: Request| http::answer(&store, Operation::Upsert, request))).await
}
