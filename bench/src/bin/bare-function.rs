//! The least that a Lambda function in Rust can be: `lambda_runtime`, and an answer that is the event.
//! What the service's functions take longer than this to start is what the service costs.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |event: LambdaEvent<Value>| Ok::<_, Error>(event.payload))).await
}
