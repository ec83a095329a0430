//! The smallest Lambda function in Rust: `lambda_runtime` alone, which returns its event. The difference
//! between the start of a function of the service and of this one is the service's own part.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |event: LambdaEvent<Value>| Ok::<_, Error>(event.payload))).await
}
