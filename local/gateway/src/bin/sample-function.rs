//! A function for the tests of the gateway. The path of the event selects its behaviour.

use std::{process, time::Duration};

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let path = event.payload["rawPath"].as_str().unwrap_or_default().to_owned();
    let body = match path.trim_start_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["pid"] => process::id().to_string(),
        ["sleep", milliseconds] => {
            tokio::time::sleep(Duration::from_millis(milliseconds.parse()?)).await;
            process::id().to_string()
        }
        ["exit"] => process::exit(3),
        ["error"] => return Err("a function error".into()),
        ["large"] => "x".repeat(7_000_000),
        // What the function received.
        _ => json!({
            "event": event.payload,
            "trace": event.context.xray_trace_id,
            "requestId": event.context.request_id,
            "deadline": event.context.deadline,
        })
        .to_string(),
    };
    Ok(json!({"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}))
}
